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
LEAKAGE_IMAGES ?= 4000
# --mixed-precision trains faster on graphics cards, and on processors with AMX.
TRAINING ?=

hash_of = $(shell cat $(1) | sha256sum | cut -c1-12)
TEACHER_RECIPE := $(RECIPES)/default-teacher.toml
RECIPE := $(RECIPES)/default.toml
TEACHER := $(MADE)/teacher-$(call hash_of,$(TEACHER_RECIPE))
MOLE_HASH := $(call hash_of,$(RECIPE) $(TEACHER_RECIPE))
MOLE := $(MADE)/mole-$(MOLE_HASH)
CONVERTED := $(MADE)/bundles-$(MOLE_HASH)
CONVERT = $(BIN)/dermsplit convert $(MOLE) --cut bottleneck --head-weights int8 --tail-in-page --data $(DATA)

.PHONY: bundle

bundle: $(CONVERTED)/installed
	@echo "The default bundle is $(INSTALLED)/$$(basename $$(cat $(CONVERTED)/bundle))"

$(MADE)/data-checked: | $(DEV)
	@echo "1 of 8: the images"
	@mkdir -p $(MADE)
	$(BIN)/dermsplit data check $(DATA)
	@touch $@

$(TEACHER)/run.json: | $(MADE)/data-checked
	@echo "2 of 8: the teacher"
	$(BIN)/dermsplit train $(TEACHER_RECIPE) --data $(DATA) --weights $(WEIGHTS) --out $(TEACHER) --resume \
		$(TRAINING)

$(MOLE)/run.json: | $(TEACHER)/run.json
	@echo "3 of 8: the network with its bottleneck"
	$(BIN)/dermsplit train $(RECIPE) --data $(DATA) --weights $(WEIGHTS) --teacher $(TEACHER) --out $(MOLE) --resume \
		$(TRAINING)

$(CONVERTED)/draft: | $(MOLE)/run.json
	@echo "4 of 8: head and tail"
	@rm -rf $(CONVERTED) && mkdir -p $(CONVERTED)
	$(CONVERT) --bundles $(CONVERTED)/drafts > $@.part
	@mv $@.part $@

$(CONVERTED)/leakage/leakage.json: $(CONVERTED)/draft
	@echo "5 of 8: what the features give away"
	$(BIN)/dermsplit leakage $$(cat $<) --data $(DATA) --run $(MOLE) --out $(@D) --images $(LEAKAGE_IMAGES) \
		--epochs 16 --optimise 0 --decoder-out $(CONVERTED)/decoder

$(CONVERTED)/bundle: $(CONVERTED)/leakage/leakage.json
	@echo "6 of 8: the bundle with its card and the decoder"
	$(CONVERT) --bundles $(CONVERTED) --leakage $< --decoder $(CONVERTED)/decoder > $@.part
	@mv $@.part $@

$(CONVERTED)/verified: $(CONVERTED)/bundle
	@echo "7 of 8: proof that head and tail answer like the whole"
	$(BIN)/dermsplit verify $$(cat $<) --data $(DATA) --images $(IMAGES)
	@touch $@

$(CONVERTED)/installed: $(CONVERTED)/verified
	@echo "8 of 8: to $(INSTALLED)"
	@mkdir -p $(INSTALLED) && rm -rf $(INSTALLED)/*/
	cp -r $$(cat $(CONVERTED)/bundle) $(INSTALLED)/
	@touch $@
