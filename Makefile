# make run | test | bench | format | deps | goldens
.PHONY: run test bench format lint deps goldens install
