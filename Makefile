# Two commands matter: `make demo` and `make test`. Each sets itself up.
BOOTSTRAP = .build/bootstrapped
PYTHON = .venv/installed

.PHONY: demo test check soak bench format clean

demo: $(BOOTSTRAP)
	swift build -c release --product nightjar
	.build/release/nightjar demo $(DEMO)

test: $(BOOTSTRAP) $(PYTHON)
	Tests/run

# The fast loop: build, unit tests, tidy.
check: $(BOOTSTRAP)
	Tests/run build tidy quick

# The long forms: kills, simulation, fuzz. Resumable: it goes on with the round that was not done.
soak: $(BOOTSTRAP) $(PYTHON)
	Tests/run build release soak

bench: $(BOOTSTRAP)
	swift build -c release --product nightjar
	.build/release/nightjar bench all

format:
	swift format --in-place --recursive Sources Tests Package.swift

clean:
	rm -rf .build .venv

$(BOOTSTRAP): Deploy/bootstrap Deploy/packages
	Deploy/bootstrap
	@mkdir -p .build && touch $@

$(PYTHON): Tests/requirements.txt
	python3 -m venv .venv
	.venv/bin/pip install --quiet --disable-pip-version-check -r Tests/requirements.txt
	@touch $@
