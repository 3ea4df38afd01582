import Core
print("nightjar")
