# udplogger - see README; `make help` lists what there is to make.

# The version stands here and nowhere else: --version, the manual pages and the
# packages have it from here.
VERSION = 0.2.0
PREFIX = /usr/local
SBINDIR = $(PREFIX)/sbin
MANDIR = $(PREFIX)/share/man
SYSCONFDIR = /etc
UNITDIR = $(PREFIX)/lib/systemd/system
SYSUSERSDIR = $(PREFIX)/lib/sysusers.d
TMPFILESDIR = $(PREFIX)/lib/tmpfiles.d
DOCDIR = $(PREFIX)/share/doc/udplogger
EXAMPLEDIR = $(DOCDIR)
COMPLETIONDIR = $(PREFIX)/share/bash-completion/completions
DESTDIR =

# What belongs to the project stands here; CFLAGS, CPPFLAGS and LDFLAGS are the
# builder's.  HARDEN= turns hardening off, V=1 shows the commands.
CFLAGS = -O2 -g
WARN = -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes \
       -Wmissing-prototypes
HARDEN = -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong
HARDEN_LD = -Wl,-z,relro,-z,now,-z,noexecstack
PIE = -fPIE
PIE_LD = -pie
SANITIZE =
COVERAGE =
BUILD = build/release
V =

ifneq ($(words $(BUILD)),1)
$(error BUILD=$(BUILD): allowed is a directory without spaces in its name)
endif

# The fence: a folder of lib/ is compiled with -I of itself and of those that it
# may use, so a wrong include does not compile.  check-layers proves it as well.
FOLDERS = base text settings incidents watch queue format lines held extended \
	system files retain net state start loop readers logread live \
	answers
USES_base =
USES_text =
USES_settings = base text
USES_incidents = base
USES_watch = base text settings format lines extended incidents
USES_queue = base settings
USES_format = base text settings queue extended
USES_lines = base text settings queue format held extended incidents watch
USES_held = base text lines extended
USES_extended = base text settings format lines held incidents watch
USES_system = base text
USES_files = base text settings queue system
USES_retain = base text settings queue system files
USES_net = base text settings queue format lines held extended incidents watch \
	system files
USES_state = base text settings incidents watch queue format lines held extended \
	system files retain net
USES_start = base text settings incidents watch queue format lines held extended \
	system files retain net state
USES_loop = base text settings incidents watch queue format lines held extended \
	system files retain net state start
# Questions about what was written; no part of the daemon.
USES_readers = base text settings incidents system
USES_logread = base text settings incidents system readers
USES_live = base text settings incidents system readers logread
USES_answers = base text settings incidents system readers logread live

# The core knows C11 and POSIX, and nothing that only Linux has.
CORE = base text settings incidents watch queue format lines held extended

# A folder says what its files are; none is listed by its name.
objects = $(patsubst %.c,$(BUILD)/%.o,$(wildcard $(1)))
programs = $(patsubst %.c,$(BUILD)/%,$(wildcard $(1)))
OBJECTS = $(call objects,lib/*/*.c)
UNITS = $(call programs,tests/unit/*.c)
TOOLS = $(call programs,tests/tools/*.c)
PRELOADS = $(patsubst %,%.so,$(call programs,tests/tools/preload/*.c))
BENCH = $(call programs,tests/bench/*.c)
FUZZ = $(call programs,tests/fuzz/fuzz_*.c)
SEEDER = $(BUILD)/tests/fuzz/corpus

# What several programs share; a linker takes from it what each one needs.
LIB = $(BUILD)/lib.a
FAKE = $(BUILD)/tests/fake.a
TOOLS_SHARED = $(BUILD)/tests/tools/shared.a
BENCH_SHARED = $(BUILD)/tests/bench/shared.a
FUZZ_SHARED = $(BUILD)/tests/fuzz/shared.a

# The program is copied to where people look for it, unless BUILD= says that it
# is built elsewhere: the source tree may be read-only then.
ELSEWHERE = $(filter-out build/release,$(BUILD))
PROGRAM = $(if $(ELSEWHERE),$(BUILD)/udplogger,udplogger)

# What `make run` does; for instance: make run ARGS="port=514 clients=64"
LOGS = $(if $(ELSEWHERE),$(BUILD)/logs,logs)
ARGS =

# What completes command lines is made by a program that runs here; COMPLETION=
# for a compiler that builds for other machines.
COMPLETION = $(BUILD)/udplogger.bash

all: $(PROGRAM) $(COMPLETION)

udplogger: $(BUILD)/udplogger
	@cp -f $(BUILD)/udplogger $@

run: $(PROGRAM)
	@mkdir -p "$(LOGS)"
	$(if $(filter /%,$(PROGRAM)),,./)$(PROGRAM) dir="$(LOGS)" $(ARGS)

# $(call say,CC,FILE) before a command: `make` shows "CC FILE", V=1 the command,
# and `make -s` neither.
silent = $(findstring s,$(filter-out -%,$(firstword $(MAKEFLAGS))))
say = $(if $(filter 1,$(V)),,@$(if $(silent),,echo '$(1) $(2)';))

INCLUDES_LIB = $(FOLDERS:%=-Ilib/%)
INCLUDES_TESTS = $(INCLUDES_LIB) -Itests/fake -Itests/tools/shared
ALL_CPPFLAGS = -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64 $(CPPFLAGS)
ALL_CFLAGS = -std=c11 $(WARN) $(HARDEN) $(PIE) $(SANITIZE) $(CFLAGS)
ALL_LDFLAGS = $(HARDEN_LD) $(PIE_LD) $(SANITIZE) $(LDFLAGS)

# Where the compiler can, it compiles the program once more as one piece when it
# is linked.  The tests link the same objects as they are, which takes less time.
LTO_FLAGS = -flto -flto-partition=one -ffat-lto-objects
LTO := $(shell echo 'int main(void) { return 0; }' | $(CC) -Werror \
	$(LTO_FLAGS) $(CFLAGS) $(LDFLAGS) -o /dev/null -x c - 2>/dev/null && \
	echo $(LTO_FLAGS))
NO_LTO = $(if $(LTO),-fno-lto)

FEATURES = -D_GNU_SOURCE
INCLUDES = $(INCLUDES_LIB)
define in_folder
$(BUILD)/lib/$(1)/%.o: INCLUDES = $(patsubst %,-Ilib/%,$(1) $(USES_$(1)))
$(if $(filter $(1),$(CORE)),
$(BUILD)/lib/$(1)/%.o: FEATURES = -D_POSIX_C_SOURCE=200809L)
endef
$(foreach folder,$(FOLDERS),$(eval $(call in_folder,$(folder))))
$(BUILD)/udplogger.o $(OBJECTS): WHOLE = $(LTO) $(COVERAGE)
$(BUILD)/udplogger.o: FEATURES += -DUDPLOGGER_VERSION='"$(VERSION)"' \
	-DUDPLOGGER_CONF='"$(SYSCONFDIR)/udplogger.conf"'
$(BUILD)/udplogger.o: $(BUILD)/version
$(BUILD)/tests/%.o: INCLUDES = $(INCLUDES_TESTS)
$(BUILD)/tests/bench/%.o: INCLUDES = -Itests/tools/shared -Itests/bench/shared
$(BUILD)/tests/fuzz/%.o: INCLUDES = $(INCLUDES_TESTS) -Itests/fuzz/shared

# Another compiler or other flags make everything anew.
FLAGS = $(CC) $(ALL_CPPFLAGS) $(LTO) $(COVERAGE) $(ALL_CFLAGS) $(ALL_LDFLAGS)
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(FLAGS)' | cmp -s - $@ || echo '$(FLAGS)' >$@
FORCE:

$(BUILD)/version: FORCE
	@mkdir -p $(@D)
	@echo '$(VERSION) $(SYSCONFDIR)' | cmp -s - $@ || \
		echo '$(VERSION) $(SYSCONFDIR)' >$@

# A file that is gone leaves no object in an archive.
SOURCES = $(sort $(wildcard lib/*/*.c tests/*/*.c tests/*/shared/*.c))
$(BUILD)/sources: FORCE
	@mkdir -p $(@D)
	@echo '$(SOURCES)' | cmp -s - $@ || echo '$(SOURCES)' >$@

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(INCLUDES) $(ALL_CPPFLAGS) $(FEATURES) $(WHOLE) \
		$(ALL_CFLAGS) -MMD -MP -c -o $@ $<

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

$(BUILD)/udplogger: $(BUILD)/udplogger.o $(OBJECTS)
	$(call say,LD,$@)$(CC) $(LTO) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^

$(LIB): $(OBJECTS)
$(FAKE): $(call objects,tests/fake/*.c)
$(TOOLS_SHARED): $(call objects,tests/tools/shared/*.c)
$(BENCH_SHARED): $(call objects,tests/bench/shared/*.c)
$(FUZZ_SHARED): $(call objects,tests/fuzz/shared/*.c)
$(LIB) $(FAKE) $(TOOLS_SHARED) $(BENCH_SHARED) $(FUZZ_SHARED): $(BUILD)/sources
	@rm -f $@
	$(call say,AR,$@)$(AR) rcs $@ $(filter %.o,$^)

link = $(call say,LD,$@)$(CC) $(NO_LTO) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^
$(UNITS): %: %.o $(FAKE) $(TOOLS_SHARED) $(LIB)
	$(link) -lcmocka
$(TOOLS): %: %.o $(TOOLS_SHARED)
	$(link)
$(BUILD)/tests/tools/announced: $(LIB)
$(BENCH): %: %.o $(BENCH_SHARED) $(TOOLS_SHARED)
	$(link)
$(FUZZ): %: %.o $(FUZZ_SHARED) $(FAKE) $(LIB)
	$(link) -fsanitize=fuzzer
$(SEEDER): %: %.o $(TOOLS_SHARED)
	$(link)

$(BUILD)/init/completion: $(BUILD)/init/completion.o $(LIB)
	$(link)
$(BUILD)/udplogger.bash: init/completion.bash $(BUILD)/init/completion
	$(call say,MAKE,$@){ cat init/completion.bash && \
		$(BUILD)/init/completion; } >$@.new && mv $@.new $@

# Loaded into the program; what hardens a program is not for it.
$(PRELOADS): $(BUILD)/%.so: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) -std=c11 -D_GNU_SOURCE $(WARN) -O2 -fPIC \
		-fno-builtin -shared -o $@ $< -ldl

# As many jobs as there are processors, unless `make -j` says how many.
# $(MAKE) has to stand in the recipe itself, or make shares no jobs with it.
JOBS = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell getconf _NPROCESSORS_ONLN))
AGAIN = --no-print-directory $(JOBS)

# Unit tests.  `make check` brings cmocka where it may.
check: cmocka
	@$(MAKE) $(AGAIN) check-units

cmocka:
	@CC="$(CC)" CPPFLAGS="$(CPPFLAGS)" CFLAGS="$(CFLAGS)" \
		LDFLAGS="$(LDFLAGS)" tests/ci/need-cmocka

check-units: $(UNITS)
	@tests/ci/run-units $(UNITS)

# One of them.
test_%: $(BUILD)/tests/unit/test_%
	@$<

# A tool that people can use as well.
replay: tests/replay
tests/replay: $(BUILD)/tests/tools/replay
	@cp -f $< $@

E2E_TOOLS = $(TOOLS) $(PRELOADS) $(BUILD)/tests/bench/load \
	$(BUILD)/tests/bench/check
check-e2e:
	@$(MAKE) $(AGAIN) $(PROGRAM) $(COMPLETION) $(E2E_TOOLS)
	@UDPLOGGER=$(PROGRAM) TOOLS=$(BUILD)/tests tests/e2e/run

# What others install; as root with a network, in a clean Debian, too.
PACKAGE_TESTS = $(wildcard tests/packages/*.t)
check-packages:
	@$(MAKE) $(AGAIN) $(PROGRAM) $(E2E_TOOLS)
	@UDPLOGGER=$(PROGRAM) TOOLS=$(BUILD)/tests E2E_FILE_LIMIT=900 \
		E2E_MAY_SKIP=1 tests/e2e/run $(PACKAGE_TESTS)

# SUITE=trixie for another Debian, which also builds it.
check-deb:
	@$(MAKE) $(AGAIN) $(PROGRAM) $(E2E_TOOLS)
	@UDPLOGGER=$(PROGRAM) TOOLS=$(BUILD)/tests E2E_FILE_LIMIT=1800 \
		E2E_MAY_SKIP=1 SUITE=$(SUITE) tests/e2e/run tests/packages/90-deb.t

# Real kernels under QEMU; VM_KERNEL=DIRECTORY for another than Debian's.
check-vm:
	@$(MAKE) $(AGAIN) $(PROGRAM) $(E2E_TOOLS)
	@UDPLOGGER=$(PROGRAM) TOOLS=$(BUILD)/tests VM_DIR=$(BUILD)/vm \
		VM_KERNEL=$(VM_KERNEL) tests/vm/run

SANITIZED = HARDEN= LTO= CFLAGS="-O1 -g -fno-omit-frame-pointer"

check-asan: cmocka
	@$(MAKE) $(AGAIN) BUILD=build/asan $(SANITIZED) \
		SANITIZE="-fsanitize=address" check-units

check-ubsan: cmocka
	@$(MAKE) $(AGAIN) BUILD=build/ubsan $(SANITIZED) \
		SANITIZE="-fsanitize=undefined -fno-sanitize-recover=all" \
		check-units

check-valgrind: cmocka
	@$(MAKE) $(AGAIN) $(UNITS)
	@command -v valgrind >/dev/null || { echo "SKIP: no valgrind"; exit 0; }; \
	UNIT_WRAPPER="valgrind -q --error-exitcode=9 --leak-check=full \
		--errors-for-leak-kinds=definite" tests/ci/run-units $(UNITS)

check-layers: $(OBJECTS)
	@BUILD=$(BUILD) CORE="$(CORE)" tests/ci/check-layers \
		$(foreach f,$(FOLDERS),"$f: $(USES_$f)")

fuzz:
	@MAKE="$(MAKE)" FUZZERS="$(FUZZERS)" \
		SECONDS_EACH=$(FUZZ_SECONDS) tests/fuzz/run
FUZZERS = $(FUZZ:$(BUILD)/tests/fuzz/fuzz_%=%)
FUZZ_SECONDS = 60

bench:
	@$(MAKE) $(AGAIN) $(PROGRAM) $(BENCH) $(TOOLS)
	@UDPLOGGER=$(PROGRAM) BENCH_BIN=$(BUILD)/tests/bench tests/bench/run

# Built always alike, that the numbers can be compared.
COUNTED = BUILD=build/count CC=gcc CFLAGS="-O2 -g" CPPFLAGS= LDFLAGS=
COUNT_TOOLS = build/count/tests/bench/load build/count/tests/bench/prefilled

check-instructions:
	@! command -v gcc >/dev/null || \
	$(MAKE) $(AGAIN) $(COUNTED) build/count/udplogger $(COUNT_TOOLS)
	@BUILD=build/count tests/bench/instructions $(UPDATE)

lint:
	@MAKE="$(MAKE)" tests/ci/lint

# What is installed names the program and its files by their paths, and a manual
# page has the version at its foot.
WITH_PATHS = sed -e 's|/usr/local/sbin/udplogger|$(SBINDIR)/udplogger|g' \
	-e 's|/etc/udplogger\.conf|$(SYSCONFDIR)/udplogger.conf|g' \
	-e 's|/etc/default/udplogger|$(SYSCONFDIR)/default/udplogger|g' \
	-e 's|/usr/local/share/doc/udplogger|$(EXAMPLEDIR)|g' \
	-e 's|^\.Os$$|.Os udplogger $(VERSION)|'
MANUALS = $(notdir $(wildcard man/*.[1-8]))
DOCS = README ChangeLog.md LICENSE
SERVICE = udplogger.service udplogger.socket
EXAMPLES = udplogger.logrotate udplogger.sysctl udplogger.firewalld.xml \
	prometheus-rules.yml
SCRIPTS = udplogger.sysv udplogger.openrc
PIPELINES = $(wildcard init/pipelines/*)
TO_SBIN = "$(DESTDIR)$(SBINDIR)"
TO_MAN = "$(DESTDIR)$(MANDIR)"
TO_UNITS = "$(DESTDIR)$(UNITDIR)"
TO_USERS = "$(DESTDIR)$(SYSUSERSDIR)"
TO_TMPFILES = "$(DESTDIR)$(TMPFILESDIR)"
TO_DOC = "$(DESTDIR)$(DOCDIR)"
TO_EXAMPLES = "$(DESTDIR)$(EXAMPLEDIR)"
TO_PIPELINES = "$(DESTDIR)$(EXAMPLEDIR)/pipelines"
TO_COMPLETION = "$(DESTDIR)$(COMPLETIONDIR)"
TO_ETC = "$(DESTDIR)$(SYSCONFDIR)"
CONF = $(TO_ETC)/udplogger.conf

# Nothing is made below BUILD here: that is the user's, and this is root, who
# would leave there what the user can't remove.
# $(call put,MODE,FILE,PLACE) installs a file of the source tree with its paths.
put = install -m $(1) $(2) $(3) && $(WITH_PATHS) $(2) >$(3)

# The settings are the administrator's as soon as they are not what was
# installed, of which EXAMPLEDIR has a copy.
UNEDITED = [ ! -h $(CONF) ] && cmp -s $(CONF) $(TO_EXAMPLES)/udplogger.conf

install: $(PROGRAM) $(COMPLETION)
	install -d $(TO_SBIN) $(TO_UNITS) $(TO_USERS) $(TO_TMPFILES) $(TO_DOC) \
		$(TO_EXAMPLES) $(TO_PIPELINES)
	[ -d $(TO_ETC) ] || install -d $(TO_ETC)
	install -m 0755 $(PROGRAM) $(TO_SBIN)/udplogger
	for f in $(MANUALS); do \
		d=$(TO_MAN)/man$${f##*.}; install -d "$$d" || exit 1; \
		$(call put,0644,man/$$f,"$$d/$$f") || exit 1; done
	install -m 0644 $(DOCS) $(TO_DOC)
	$(if $(COMPLETION),install -d $(TO_COMPLETION) && install -m 0644 \
		$(COMPLETION) $(TO_COMPLETION)/udplogger)
	$(call put,0644,init/udplogger.sysusers,$(TO_USERS)/udplogger.conf)
	$(call put,0644,init/udplogger.tmpfiles,$(TO_TMPFILES)/udplogger.conf)
	for f in $(SERVICE); do \
		$(call put,0644,init/$$f,$(TO_UNITS)/$$f) || exit 1; done
	for f in $(EXAMPLES); do \
		$(call put,0644,init/$$f,$(TO_EXAMPLES)/$$f) || exit 1; done
	for f in $(SCRIPTS); do \
		$(call put,0755,init/$$f,$(TO_EXAMPLES)/$$f) || exit 1; done
	install -m 0644 $(PIPELINES) $(TO_PIPELINES)
	if [ ! -e $(CONF) ] && [ ! -h $(CONF) ]; then \
		$(call put,0644,init/udplogger.conf,$(CONF)); \
	elif $(UNEDITED); then \
		$(WITH_PATHS) init/udplogger.conf >$(CONF); \
	else \
		echo "$(SYSCONFDIR)/udplogger.conf stays as it was edited;" \
			"the new one is $(EXAMPLEDIR)/udplogger.conf"; \
	fi
	$(call put,0644,init/udplogger.conf,$(TO_EXAMPLES)/udplogger.conf)

uninstall:
	rm -f $(TO_SBIN)/udplogger $(TO_USERS)/udplogger.conf \
		$(TO_TMPFILES)/udplogger.conf $(TO_COMPLETION)/udplogger
	for f in $(MANUALS); do rm -f $(TO_MAN)/man$${f##*.}/$$f; done
	for f in $(SERVICE); do rm -f $(TO_UNITS)/$$f; done
	if $(UNEDITED); then rm -f $(CONF); fi
	for f in $(SCRIPTS) $(EXAMPLES) udplogger.conf; do \
		rm -f $(TO_EXAMPLES)/$$f; done
	for f in $(notdir $(PIPELINES)); do rm -f $(TO_PIPELINES)/$$f; done
	for f in $(DOCS); do rm -f $(TO_DOC)/$$f; done
	for d in $(TO_PIPELINES) $(TO_EXAMPLES) $(TO_DOC); do \
		rmdir "$$d" 2>/dev/null || true; done # others may use them

# UNTAGGED=yes for one that is no release.
dist:
	@VERSION=$(VERSION) UNTAGGED=$(UNTAGGED) init/dist

# Packages are made of the tree as it is.
deb rpm apk:
	@VERSION=$(VERSION) OUT=$(BUILD)/packages init/package $@

# One file that needs nothing, for containers and old machines.
STATIC_CC = musl-gcc
static:
	@flags=$$(CC="$(STATIC_CC)" init/static-flags) && \
	$(MAKE) $(AGAIN) BUILD=build/static CC="$(STATIC_CC)" \
		PIE_LD="$$flags -s" build/static/udplogger

clean:
	rm -rf build udplogger tests/replay udplogger-*.tar.gz*

help:
	@sed -n 's/^#: //p' Makefile

#: all (default)    build ./udplogger; V=1 shows the commands
#: run              build it, and receive into LOGS=logs; ARGS="port=7777 ..."
#: check            unit tests, a minute; brings cmocka where it may
#: test_NAME        one of them, of tests/unit/test_NAME.c
#: check-e2e        the real binary: recordings, faults, signals, files; 5 min
#: check-packages   make dist deb rpm apk static, and what becomes of them
#: check-deb        the deb in a clean Debian, SUITE=trixie for another one
#: check-vm         kernels that die under QEMU; fetches Debian's, 5 min
#: check-asan check-ubsan check-valgrind   unit tests under these
#: check-layers     the rooms of lib/ keep to their floors and folders
#: check-instructions   what a datagram costs, counted by callgrind
#: fuzz             libFuzzer, FUZZ_SECONDS=60 each; FUZZERS="options ..."
#: bench            CPU and memory, against a floor; QUICK=1 is shorter
#: lint             format, warnings, shellcheck, mandoc
#: replay           tests/replay, which sends a recording
#: install uninstall   PREFIX=/usr/local SYSCONFDIR=/etc DESTDIR=, and SBINDIR=
#:                  MANDIR= DOCDIR= EXAMPLEDIR= UNITDIR= SYSUSERSDIR= TMPFILESDIR=
#:                  COMPLETIONDIR=
#: dist             the tarball of a release, from its tag, and its sha256
#: deb rpm apk       packages of the tree as it is, in build/release/packages/
#: static            build/static/udplogger, with musl; STATIC_CC=musl-gcc
#: clean help
#: Flags: CC= CFLAGS= CPPFLAGS= LDFLAGS=, and HARDEN= for none of ours

.PHONY: all run check cmocka check-units check-e2e check-vm check-packages check-deb check-asan check-ubsan \
	check-valgrind check-layers fuzz bench check-instructions lint install \
	uninstall dist deb rpm apk static clean help replay FORCE
.SECONDARY:
