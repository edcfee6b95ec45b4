# udplogger - see README; `make help` lists what there is to make.

VERSION = 0.2.0
PREFIX = /usr/local
SBINDIR = $(PREFIX)/sbin
MANDIR = $(PREFIX)/share/man
UNITDIR = $(PREFIX)/lib/systemd/system
DOCDIR = $(PREFIX)/share/doc/udplogger
DESTDIR =

# What belongs to the project stands here; CFLAGS, CPPFLAGS and LDFLAGS are the
# builder's.  HARDEN= turns hardening off.
CFLAGS = -O2 -g
WARN = -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes \
       -Wmissing-prototypes
HARDEN = -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong
HARDEN_LD = -Wl,-z,relro,-z,now,-z,noexecstack
PIE = -fPIE
PIE_LD = -pie
SANITIZE =
BUILD = build/release

ALL_CPPFLAGS = -Ilib $(FOLDERS:%=-Ilib/%) -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64 $(CPPFLAGS)
ALL_CFLAGS = -std=c11 $(WARN) $(HARDEN) $(PIE) $(SANITIZE) $(CFLAGS)
ALL_LDFLAGS = $(HARDEN_LD) $(PIE_LD) $(SANITIZE) $(LDFLAGS)

# The floors of the house; lib/README.  check-layers holds the rooms to them.
L0 = carve pool backoff ilist pace srcaddr stamp escape extmsg extbody \
	sequence json format options usage
L1 = linebuf source reasm extwrite extended outq spool output \
	collector
L2 = sys console diag signals zone privilege service listener netrx appendfile \
	dayfile logfile writer intake tee banner
L3 = engine

FOLDERS = base settings queue lines extended system files net
OBJECTS = $(patsubst %.c,$(BUILD)/%.o,$(wildcard lib/*.c lib/*/*.c))
TESTS = $(patsubst tests/test_%.c,%,$(wildcard tests/test_*.c))
TEST_BINS = $(TESTS:%=$(BUILD)/tests/test_%)
TEST_SHARED = $(patsubst %.c,$(BUILD)/%.o,$(filter-out tests/test_%.c \
	tests/replay.c tests/expect.c tests/sender.c tests/hold.c \
	tests/nomalloc.c,$(wildcard tests/*.c)))
TOOLS = $(BUILD)/tests/expect $(BUILD)/tests/replay $(BUILD)/tests/hold \
	$(BUILD)/tests/nomalloc.so $(BUILD)/bench/load $(BUILD)/bench/check
BENCH = $(patsubst %,$(BUILD)/bench/%,floor floor-real load check latency \
	measure prefilled)
FUZZERS = $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))

# What `make run` does; for instance: make run ARGS="port=514 clients=64"
LOGS = logs
ARGS =

all: udplogger

udplogger: $(BUILD)/udplogger
	@cp -f $(BUILD)/udplogger $@

run: udplogger
	@mkdir -p $(LOGS)
	./udplogger dir=$(LOGS) $(ARGS)

# Where the compiler can, it compiles all of it once more as one piece when it is
# linked; the tests link the same objects as they are.
LTO := $(shell echo 'int main(void) { return 0; }' | $(CC) -Werror -flto \
	-ffat-lto-objects $(CFLAGS) $(LDFLAGS) -o /dev/null -x c - \
	2>/dev/null && echo -flto -ffat-lto-objects)
$(BUILD)/udplogger: $(BUILD)/udplogger.o $(OBJECTS)
	$(CC) $(LTO) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^
$(BUILD)/udplogger.o $(OBJECTS): WHOLE = $(LTO)

# L0 and L1 know C11 and POSIX, and nothing that only Linux has.
$(foreach f,base settings queue lines extended,\
	$(filter $(BUILD)/lib/$f/%,$(OBJECTS))): \
	FEATURES = -D_POSIX_C_SOURCE=200809L
FEATURES = -D_GNU_SOURCE

$(BUILD)/udplogger.o: FEATURES = -D_GNU_SOURCE \
	-DUDPLOGGER_VERSION='"$(VERSION)"'
$(BUILD)/udplogger.o: Makefile

# Another compiler or other flags make everything anew.
FLAGS = $(CC) $(ALL_CPPFLAGS) $(LTO) $(ALL_CFLAGS) $(ALL_LDFLAGS)
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(FLAGS)' | cmp -s - $@ || echo '$(FLAGS)' >$@
FORCE:

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(FEATURES) $(WHOLE) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

# Unit tests.  `make check` brings cmocka where it may.
check: cmocka check-units

cmocka:
	@CC="$(CC)" tests/need-cmocka

check-units: $(TEST_BINS)
	@tests/run-units $(TEST_BINS)

$(BUILD)/tests/test_%: $(BUILD)/tests/test_%.o $(TEST_SHARED) $(OBJECTS)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ -lcmocka

# Tools of the tests, that people can use as well.
replay: tests/replay
tests/replay: $(BUILD)/tests/replay
	@cp -f $< $@

$(BUILD)/tests/replay: $(BUILD)/tests/sender.o
$(BUILD)/tests/replay $(BUILD)/tests/expect: $(BUILD)/tests/%: \
		$(BUILD)/tests/%.o $(BUILD)/tests/dgrams.o
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^

$(BUILD)/tests/hold: $(BUILD)/tests/hold.o
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^

# Loaded into the program; what hardens a program is not for it.
$(BUILD)/tests/nomalloc.so: tests/nomalloc.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) -std=c11 -D_GNU_SOURCE $(WARN) -O2 -fPIC -fno-builtin -shared \
		-o $@ $< -ldl

check-e2e: udplogger $(TOOLS)
	@UDPLOGGER=./udplogger TOOLS=$(BUILD) tests/e2e/run

SANITIZED = HARDEN= LTO= CFLAGS="-O1 -g -fno-omit-frame-pointer"

check-asan: cmocka
	$(MAKE) BUILD=build/asan SANITIZE="-fsanitize=address" $(SANITIZED) \
		check-units

check-ubsan: cmocka
	$(MAKE) BUILD=build/ubsan $(SANITIZED) \
		SANITIZE="-fsanitize=undefined -fno-sanitize-recover=all" \
		check-units

check-valgrind: cmocka
	@command -v valgrind >/dev/null || { echo "SKIP: no valgrind"; exit 0; }; \
	$(MAKE) $(TEST_BINS) && UNIT_WRAPPER="valgrind -q --error-exitcode=9 \
		--leak-check=full --errors-for-leak-kinds=definite" \
		tests/run-units $(TEST_BINS)

check-layers: $(OBJECTS)
	@BUILD=$(BUILD) L0="$(L0)" L1="$(L1)" L2="$(L2)" L3="$(L3)" \
		tests/check-layers

fuzz:
	@MAKE="$(MAKE)" FUZZERS="$(FUZZERS)" SECONDS_EACH=$(FUZZ_SECONDS) \
		tests/fuzz/run
FUZZ_SECONDS = 60

bench: udplogger $(BENCH) $(BUILD)/tests/expect
	@UDPLOGGER=./udplogger BENCH_BIN=$(BUILD)/bench tests/bench/run

# Built always alike, that the numbers can be compared.
COUNTED = BUILD=build/count CC=gcc CFLAGS="-O2 -g" CPPFLAGS= LDFLAGS=
COUNT = BENCH_BIN=build/count tests/bench/instructions

check-instructions:
	@command -v gcc >/dev/null || { echo "SKIP: no gcc"; exit 0; }; \
	$(MAKE) $(COUNTED) build/count/udplogger build/count/bench/load \
		build/count/bench/prefilled && $(COUNT) $(UPDATE)

$(BUILD)/bench/load: $(BUILD)/tests/bench/packets.o $(BUILD)/tests/dgrams.o
$(BUILD)/bench/check: $(BUILD)/tests/bench/loglines.o \
	$(BUILD)/tests/bench/recorded.o
$(BUILD)/bench/%: $(BUILD)/tests/bench/%.o $(BUILD)/tests/bench/common.o
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^

lint:
	@tests/lint

# The init files name the program by its path.
WITH_PATH = sed 's|/usr/local/sbin/udplogger|$(SBINDIR)/udplogger|g'
DOCS = README ChangeLog.md LICENSE
UNITS = udplogger.service udplogger.socket

install: udplogger
	install -d $(DESTDIR)$(SBINDIR) $(DESTDIR)$(MANDIR)/man8 \
		$(DESTDIR)$(UNITDIR) $(DESTDIR)$(DOCDIR) $(BUILD)/init
	install -m 0755 udplogger $(DESTDIR)$(SBINDIR)/udplogger
	install -m 0644 man/udplogger.8 $(DESTDIR)$(MANDIR)/man8/udplogger.8
	install -m 0644 $(DOCS) $(DESTDIR)$(DOCDIR)
	for f in $(UNITS) udplogger.sysv; do \
		$(WITH_PATH) init/$$f >$(BUILD)/init/$$f || exit 1; done
	cd $(BUILD)/init && install -m 0644 $(UNITS) $(DESTDIR)$(UNITDIR)
	install -m 0755 $(BUILD)/init/udplogger.sysv $(DESTDIR)$(DOCDIR)

uninstall:
	rm -f $(DESTDIR)$(SBINDIR)/udplogger \
		$(DESTDIR)$(MANDIR)/man8/udplogger.8
	cd $(DESTDIR)$(UNITDIR) && rm -f $(UNITS)
	cd $(DESTDIR)$(DOCDIR) && rm -f $(DOCS) udplogger.sysv
	rmdir $(DESTDIR)$(DOCDIR)

dist:
	git archive --prefix=udplogger-$(VERSION)/ -o udplogger-$(VERSION).tar \
		HEAD
	gzip -9nf udplogger-$(VERSION).tar

clean:
	rm -rf build udplogger tests/replay udplogger-*.tar.gz

help:
	@sed -n 's/^#: //p' Makefile

#: all (default)    build ./udplogger
#: run              build it, and receive into logs/; ARGS="port=7777 ..."
#: check            unit tests, half a minute; brings cmocka where it may
#: check-e2e        the real binary: recordings, faults, signals, files; 5 min
#: check-asan check-ubsan check-valgrind   unit tests under these
#: check-layers     no room uses what its floor must not
#: check-instructions   what a datagram costs, counted by callgrind
#: fuzz             libFuzzer, FUZZ_SECONDS=60 each
#: bench            CPU and memory, against a floor; QUICK=1 is shorter
#: lint             format, warnings, shellcheck, mandoc
#: replay           tests/replay, which sends a recording
#: install uninstall   PREFIX=/usr/local SBINDIR= MANDIR= UNITDIR= DESTDIR=
#: dist clean help
#: Flags: CC= CFLAGS= CPPFLAGS= LDFLAGS=, and HARDEN= for none of ours

.PHONY: all run check cmocka check-units replay check-e2e check-asan \
	check-ubsan check-valgrind check-layers check-instructions fuzz bench \
	lint install uninstall dist clean help FORCE
.SECONDARY:
