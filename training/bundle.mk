# The default bundle from images and ImageNet weights to server/dermsplit_server/bundles, stage by stage:
#
#   make bundle DATA=folder/of/images WEIGHTS=folder/of/weights
#
# Each stage leaves a folder or file named by the hash of what went into it: an unchanged one is skipped, a changed recipe
# never overwrites an older run, and a training that was killed goes on where it stopped. Every stage shows its progress
# and the time left.
DATA ?= ../shared/data
WEIGHTS ?= ../shared/weights
MADE ?= runs/default
INSTALLED ?= server/dermsplit_server/bundles
RECIPES ?= training/recipes
IMAGES ?= 400

hash_of = $(shell cat $(1) | sha256sum | cut -c1-12)
TEACHER_RECIPE := $(RECIPES)/default-teacher.toml
RECIPE := $(RECIPES)/default.toml
TEACHER := $(MADE)/teacher-$(call hash_of,$(TEACHER_RECIPE))
MOLE_HASH := $(call hash_of,$(RECIPE) $(TEACHER_RECIPE))
MOLE := $(MADE)/mole-$(MOLE_HASH)
CONVERTED := $(MADE)/bundles-$(MOLE_HASH)

.PHONY: bundle

bundle: $(CONVERTED)/installed
	@echo "The default bundle is $(INSTALLED)/$$(basename $$(cat $(CONVERTED)/bundle))"

$(MADE)/data-checked: | $(DEV)
	@echo "1 of 6: the images"
	@mkdir -p $(MADE)
	$(BIN)/dermsplit data check $(DATA)
	@touch $@

$(TEACHER)/run.json: | $(MADE)/data-checked
	@echo "2 of 6: the teacher"
	$(BIN)/dermsplit train $(TEACHER_RECIPE) --data $(DATA) --weights $(WEIGHTS) --out $(TEACHER) --resume

$(MOLE)/run.json: | $(TEACHER)/run.json
	@echo "3 of 6: the network with its bottleneck"
	$(BIN)/dermsplit train $(RECIPE) --data $(DATA) --weights $(WEIGHTS) --teacher $(TEACHER) --out $(MOLE) --resume

$(CONVERTED)/bundle: | $(MOLE)/run.json
	@echo "4 of 6: head, tail, golden case, card"
	@rm -rf $(CONVERTED) && mkdir -p $(CONVERTED)
	$(BIN)/dermsplit convert $(MOLE) --cut bottleneck --head-weights float16 --data $(DATA) --bundles $(CONVERTED) > $@.part
	@mv $@.part $@

$(CONVERTED)/verified: $(CONVERTED)/bundle
	@echo "5 of 6: proof that head and tail answer like the whole"
	$(BIN)/dermsplit verify $$(cat $<) --data $(DATA) --images $(IMAGES)
	@touch $@

$(CONVERTED)/installed: $(CONVERTED)/verified
	@echo "6 of 6: to $(INSTALLED)"
	@mkdir -p $(INSTALLED) && rm -rf $(INSTALLED)/*/
	cp -r $$(cat $(CONVERTED)/bundle) $(INSTALLED)/
	@touch $@
