# udplogger - see README; `make help` lists what there is to make.

VERSION = 0.2.0
PREFIX = /usr/local
SBINDIR = $(PREFIX)/sbin
MANDIR = $(PREFIX)/share/man
UNITDIR = $(PREFIX)/lib/systemd/system
DOCDIR = $(PREFIX)/share/doc/udplogger
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
FOLDERS = base settings queue format lines held extended system files retain \
	net
USES_base =
USES_settings = base
USES_queue = base settings
USES_format = base settings queue extended
USES_lines = base settings queue format held extended
USES_held = base lines extended
USES_extended = base settings format lines held
USES_system = base
USES_files = base settings queue system
USES_retain = base settings queue system
USES_net = base settings queue format lines held extended system files

# The core knows C11 and POSIX, and nothing that only Linux has.
CORE = base settings queue format lines held extended

# A folder says what its files are; none is listed by its name.
objects = $(patsubst %.c,$(BUILD)/%.o,$(wildcard $(1)))
programs = $(patsubst %.c,$(BUILD)/%,$(wildcard $(1)))
OBJECTS = $(call objects,lib/*.c lib/*/*.c)
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

all: $(PROGRAM)

udplogger: $(BUILD)/udplogger
	@cp -f $(BUILD)/udplogger $@

run: $(PROGRAM)
	@mkdir -p "$(LOGS)"
	$(if $(filter /%,$(PROGRAM)),,./)$(PROGRAM) dir="$(LOGS)" $(ARGS)

# $(call say,CC,FILE) before a command: `make` shows "CC FILE", V=1 the command,
# and `make -s` neither.
silent = $(findstring s,$(filter-out -%,$(firstword $(MAKEFLAGS))))
say = $(if $(filter 1,$(V)),,@$(if $(silent),,echo '$(1) $(2)';))

INCLUDES_LIB = -Ilib $(FOLDERS:%=-Ilib/%)
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
$(BUILD)/udplogger.o: FEATURES += -DUDPLOGGER_VERSION='"$(VERSION)"'
$(BUILD)/udplogger.o: Makefile
$(BUILD)/tests/%.o: INCLUDES = $(INCLUDES_TESTS)
$(BUILD)/tests/bench/%.o: INCLUDES = -Itests/tools/shared -Itests/bench/shared
$(BUILD)/tests/fuzz/%.o: INCLUDES = $(INCLUDES_TESTS) -Itests/fuzz/shared

# Another compiler or other flags make everything anew.
FLAGS = $(CC) $(ALL_CPPFLAGS) $(LTO) $(COVERAGE) $(ALL_CFLAGS) $(ALL_LDFLAGS)
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(FLAGS)' | cmp -s - $@ || echo '$(FLAGS)' >$@
FORCE:

# A file that is gone leaves no object in an archive.
SOURCES = $(sort $(wildcard lib/*.c lib/*/*.c tests/*/*.c tests/*/shared/*.c))
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
$(BENCH): %: %.o $(BENCH_SHARED) $(TOOLS_SHARED)
	$(link)
$(FUZZ): %: %.o $(FUZZ_SHARED) $(FAKE) $(LIB)
	$(link) -fsanitize=fuzzer
$(SEEDER): %: %.o $(TOOLS_SHARED)
	$(link)

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
	@$(MAKE) $(AGAIN) $(PROGRAM) $(E2E_TOOLS)
	@UDPLOGGER=$(PROGRAM) TOOLS=$(BUILD)/tests tests/e2e/run

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

# The init files name the program by its path.
WITH_PATH = sed 's|/usr/local/sbin/udplogger|$(SBINDIR)/udplogger|g'
DOCS = README ChangeLog.md LICENSE
SERVICE = udplogger.service udplogger.socket
TO_SBIN = "$(DESTDIR)$(SBINDIR)"
TO_MAN8 = "$(DESTDIR)$(MANDIR)/man8"
TO_UNITS = "$(DESTDIR)$(UNITDIR)"
TO_DOC = "$(DESTDIR)$(DOCDIR)"

# Nothing is made below BUILD here: that is the user's, and this is root, who
# would leave there what the user can't remove.
install: $(PROGRAM)
	install -d $(TO_SBIN) $(TO_MAN8) $(TO_UNITS) $(TO_DOC)
	install -m 0755 $(PROGRAM) $(TO_SBIN)/udplogger
	install -m 0644 man/udplogger.8 $(TO_MAN8)/udplogger.8
	install -m 0644 $(DOCS) $(TO_DOC)
	for f in $(SERVICE); do \
		install -m 0644 init/$$f $(TO_UNITS)/$$f && \
		$(WITH_PATH) init/$$f >$(TO_UNITS)/$$f || exit 1; done
	install -m 0755 init/udplogger.sysv $(TO_DOC)/udplogger.sysv
	$(WITH_PATH) init/udplogger.sysv >$(TO_DOC)/udplogger.sysv

uninstall:
	rm -f $(TO_SBIN)/udplogger $(TO_MAN8)/udplogger.8
	for f in $(SERVICE); do rm -f $(TO_UNITS)/$$f; done
	for f in $(DOCS) udplogger.sysv; do rm -f $(TO_DOC)/$$f; done
	rmdir $(TO_DOC) 2>/dev/null || true # others may have files there

dist:
	git archive --prefix=udplogger-$(VERSION)/ -o udplogger-$(VERSION).tar \
		HEAD
	gzip -9nf udplogger-$(VERSION).tar

clean:
	rm -rf build udplogger tests/replay udplogger-*.tar.gz

help:
	@sed -n 's/^#: //p' Makefile

#: all (default)    build ./udplogger; V=1 shows the commands
#: run              build it, and receive into LOGS=logs; ARGS="port=7777 ..."
#: check            unit tests, a minute; brings cmocka where it may
#: test_NAME        one of them, of tests/unit/test_NAME.c
#: check-e2e        the real binary: recordings, faults, signals, files; 5 min
#: check-asan check-ubsan check-valgrind   unit tests under these
#: check-layers     the rooms of lib/ keep to their floors and folders
#: check-instructions   what a datagram costs, counted by callgrind
#: fuzz             libFuzzer, FUZZ_SECONDS=60 each; FUZZERS="options ..."
#: bench            CPU and memory, against a floor; QUICK=1 is shorter
#: lint             format, warnings, shellcheck, mandoc
#: replay           tests/replay, which sends a recording
#: install uninstall   PREFIX=/usr/local SBINDIR= MANDIR= UNITDIR= DESTDIR=
#: dist clean help
#: Flags: CC= CFLAGS= CPPFLAGS= LDFLAGS=, and HARDEN= for none of ours

.PHONY: all run check cmocka check-units check-e2e check-asan check-ubsan \
	check-valgrind check-layers fuzz bench check-instructions lint install \
	uninstall dist clean help replay FORCE
.SECONDARY:
