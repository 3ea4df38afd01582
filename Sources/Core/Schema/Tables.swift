/// Every table of the broker, declared once.
public enum Tables {}
