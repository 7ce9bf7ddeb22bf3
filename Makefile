# Needs Python 3.11 or newer and make; gets everything else itself.
# Every recipe is one exec, so that a signal reaches what runs and not a shell in between.

PYTHON ?= python3
SET_UP = $(PYTHON) -m deploy.install

.PHONY: demo setup test check bench flask lock clean

# A small social network with Spaces in it. Takes PORT, SFU_PORT, DEMO_DIR, BOTS=0, GATE=0 and any SPACES_*.
demo:
	@exec $(SET_UP) --then -m host_app.demo

# What the demo needs, without starting it.
setup:
	@exec $(SET_UP)

# Everything: checks, tests, a real SFU, a real browser. With CI=true, what cannot run is a failure.
test:
	@exec $(SET_UP) --for tests --then -m deploy.verify

# The fast part of it.
check:
	@exec $(SET_UP) --for tests --then -m deploy.verify --fast

# Each figure beside its floor.
bench:
	@exec $(SET_UP) --for tests --then -m benchmarks

# The demo's command line on the same DEMO_DIR: make flask ARGS="spaces api-token create probe"
flask:
	@exec $(SET_UP) --quiet --then -m host_app.demo flask $(ARGS)

# Pins the Python packages to the versions of this environment.
lock:
	@exec $(SET_UP) --for tests --then -m deploy.lock

# Removes what the set-up made in this folder; a demo's state stays.
clean:
	@exec rm -rf .venv .cache build dist *.egg-info spaces_feature/static/dist host_app/static/dist host_app/static/faces \
		spaces_feature/frontend/node_modules host_app/frontend/node_modules .mypy_cache .ruff_cache .pytest_cache
