# prm-calendar: syncs WordPress users' calendars without PHP. `make help` lists the targets.
#
# Variables that a packager or developer may set:
#   CC, CFLAGS, CPPFLAGS, LDFLAGS   as everywhere; they come after our own flags
#   DESTDIR, PREFIX                 where `make install` puts things (PREFIX: /usr)
#   SYSCONFDIR, UNITDIR             /etc; systemd's units: PREFIX/lib/systemd/system
#   MAINTAINER, HOMEPAGE, VCS_BROWSER, VCS_GIT   of `make deb`: who packages ("Name <address>"), and where the source is kept
#   DATABASE                        mariadb (default) or mysql: what `make check` tests against
#   VARIANT                         plain (default), asan, tsan, coverage: objects in build/VARIANT
#   WERROR=1                        warnings are errors (CI)
#   V=1                             show whole commands
VERSION := 0.1.0
CC ?= cc
PREFIX ?= /usr
SYSCONFDIR ?= /etc
UNITDIR ?= $(PREFIX)/lib/systemd/system
VARIANT ?= plain
PKG_CONFIG ?= pkg-config
PYTHON ?= /usr/bin/python3

LIBRARIES := mysqlclient hiredis libmemcached libcurl libpsl libcjson libical libxml-2.0 inih libsodium glib-2.0 gio-2.0 icu-i18n icu-uc
BUILD := build/$(VARIANT)
PROGRAM := $(if $(filter plain,$(VARIANT)),build,$(BUILD))/prm-calendar

# Asked for once, and not by targets that build nothing.
ifeq ($(filter help clean format packages check crash-tests nightly thread-tests demo deb check-deb check-debian fuzz,$(MAKECMDGOALS)),)
LIB_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(LIBRARIES) 2>/dev/null)
LIB_LIBS := $(shell $(PKG_CONFIG) --libs $(LIBRARIES) 2>/dev/null)
endif

OUR_CPPFLAGS := -Isrc -I$(BUILD)/sql -D_GNU_SOURCE -DPRM_CALENDAR_VERSION='"$(VERSION)"' \
	-DGLIB_VERSION_MIN_REQUIRED=GLIB_VERSION_2_74 -DGLIB_VERSION_MAX_ALLOWED=GLIB_VERSION_2_74
OUR_CFLAGS := -std=gnu17 -g -O2 -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wvla -Wformat=2 -Wundef -Wpointer-arith -fno-common $(if $(WERROR),-Werror)
OUR_LDFLAGS := -Wl,--as-needed
VARIANT_FLAGS_asan := -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
VARIANT_FLAGS_tsan := -O1 -fno-omit-frame-pointer -fsanitize=thread
VARIANT_FLAGS_fuzz := $(VARIANT_FLAGS_asan) -fsanitize=fuzzer-no-link
VARIANT_FLAGS_coverage := -O0 --coverage
VARIANT_FLAGS := $(VARIANT_FLAGS_$(VARIANT))
LIBS := $(LIB_LIBS) -lm -lpthread

MIGRATIONS := $(sort $(wildcard sql/[0-9]*.sql))
SOURCES := $(sort $(wildcard src/*/*.c))
LIBRARY_SOURCES := $(filter-out src/cli/main.c,$(SOURCES))
UNIT_SOURCES := $(sort $(wildcard tests/unit/*/test-*.c))
UNIT_HELPERS := $(sort $(wildcard tests/unit/support/*.c))
CHECKER_SOURCES := $(sort $(wildcard tests/vectors/*.c))
FUZZ_SOURCES := $(sort $(wildcard tests/fuzz/fuzz-*.c))
CHECKER := $(if $(CHECKER_SOURCES),$(BUILD)/check-vectors)
FUZZ_TARGETS := $(patsubst %.c,$(BUILD)/%,$(FUZZ_SOURCES))
HEADERS := $(sort $(wildcard src/*/*.h tests/unit/*/*.h tests/vectors/*.h))
OBJECTS = $(patsubst %.c,$(BUILD)/%.o,$(1))
UNIT_TESTS := $(patsubst %.c,$(BUILD)/%,$(UNIT_SOURCES))
ALL_OBJECTS := $(call OBJECTS,$(SOURCES) $(UNIT_SOURCES) $(UNIT_HELPERS) $(CHECKER_SOURCES) $(FUZZ_SOURCES) \
	tests/fuzz/replay.c packaging/completions/generate.c)
COMPLETIONS := $(BUILD)/completions/bash $(BUILD)/completions/zsh

Q := $(if $(V),,@)
# For targets that build first: as many jobs as there are processors, unless the user said how many.
PARALLEL = $(if $(findstring -j,$(MAKEFLAGS)),,-j$$(nproc))
SAY = $(if $(V),@:,@printf '  %-4s %s\n')

.PHONY: always all help install clean unit-tests check-vectors packages check check-built check-database-built crash-tests thread-tests thread-tests-built checker fuzz demo world-check bench deb check-deb check-debian cluster-tests group-tests server-tests nightly lint format
.DELETE_ON_ERROR:
.SECONDARY:

all: $(PROGRAM) ## build the program (default)

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## ?/\1\t/' | sort | \
		while IFS="$$(printf '\t')" read -r name text; do printf '  %-16s %s\n' "$$name" "$$text"; done

$(BUILD)/libprm-calendar.a: $(call OBJECTS,$(LIBRARY_SOURCES))
	$(SAY) AR $@
	$(Q)rm -f $@ && $(AR) qcs $@ $^

# ThreadSanitizer has to be told of GLib's locks.
TSAN_OBJECTS := $(if $(filter tsan,$(VARIANT)),$(BUILD)/tests/unit/support/tsan_glib.o)

$(PROGRAM): $(BUILD)/src/cli/main.o $(TSAN_OBJECTS) $(BUILD)/libprm-calendar.a
	$(SAY) LD $@
	$(Q)$(CC) $(OUR_LDFLAGS) $(VARIANT_FLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

# The files that make our tables, built in: {number, where the file is installed, its text}.
$(BUILD)/sql/state_migrations.inc: $(MIGRATIONS) $(BUILD)/sql/prefix
	$(SAY) GEN $@
	$(Q)for file in $(MIGRATIONS); do \
		name=$${file##*/}; \
		printf '{%s, "%s/share/prm-calendar/sql/%s",\n' "$$(expr "$${name%%_*}" + 0)" '$(PREFIX)' "$$name"; \
		sed 's/[\\"]/\\&/g; s/.*/"&\\n"/' "$$file"; \
		echo '},'; \
	done >$@

# Changes when PREFIX does.
$(BUILD)/sql/prefix: always
	$(Q)mkdir -p $(@D)
	$(Q)echo '$(PREFIX)' | cmp -s - $@ || echo '$(PREFIX)' >$@

$(BUILD)/src/state/schema.o: $(BUILD)/sql/state_migrations.inc

# Warnings of the libraries' own headers are not ours.
$(BUILD)/%.o: %.c Makefile
	$(SAY) CC $<
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(OUR_CPPFLAGS) $(patsubst -I%,-isystem %,$(LIB_CFLAGS)) $(CPPFLAGS) $(OUR_CFLAGS) $(VARIANT_FLAGS) \
		$(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o $(call OBJECTS,$(UNIT_HELPERS)) $(BUILD)/libprm-calendar.a
	$(SAY) LD $@
	$(Q)$(CC) $(OUR_LDFLAGS) $(VARIANT_FLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/check-vectors: $(call OBJECTS,$(CHECKER_SOURCES)) $(BUILD)/libprm-calendar.a
	$(SAY) LD $@
	$(Q)$(CC) $(OUR_LDFLAGS) $(VARIANT_FLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

# Without a fuzzing compiler, a target replays the files that it is given.
$(BUILD)/tests/fuzz/%: $(BUILD)/tests/fuzz/%.o $(if $(filter fuzz,$(VARIANT)),,$(BUILD)/tests/fuzz/replay.o) $(BUILD)/libprm-calendar.a
	$(SAY) LD $@
	$(Q)$(CC) $(OUR_LDFLAGS) $(VARIANT_FLAGS) $(if $(filter fuzz,$(VARIANT)),-fsanitize=fuzzer) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/generate-completions: $(BUILD)/packaging/completions/generate.o $(BUILD)/libprm-calendar.a
	$(SAY) LD $@
	$(Q)$(CC) $(OUR_LDFLAGS) $(VARIANT_FLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

# From the same tables as --help.
$(COMPLETIONS): $(BUILD)/generate-completions
	$(SAY) GEN $@
	$(Q)mkdir -p $(@D)
	$(Q)$< $(@F) >$@

unit-tests: $(UNIT_TESTS) ## build the unit tests (VARIANT=asan, tsan, coverage for the others)

checker: $(CHECKER) $(FUZZ_TARGETS)

check-vectors: $(BUILD)/check-vectors ## run the vectors and the corpus: VECTORS_DIR=… ICAL_CORPUS_DIR=…
	$(Q)$(PYTHON) -B tests/with-mariadb $(BUILD)/check-vectors $(if $(VECTORS_DIR),--vectors='$(VECTORS_DIR)') \
		$(if $(ICAL_CORPUS_DIR),--ical-corpus='$(ICAL_CORPUS_DIR)')

packages: ## install the Debian packages that building, testing and linting need
	$(Q)packaging/packages build test lint

# In a second make: before the packages are there, no flags can be asked for.
check: ## install what the tests need and run all of them (VARIANT=asan, tsan; ONLY=name; STRICT=1; DATABASE=mysql: what needs a database)
	$(Q)packaging/packages build test
	$(Q)$(if $(filter mysql,$(DATABASE)),packaging/unpack-debian sid build/mysql mysql-server-core)
	$(Q)$(MAKE) --no-print-directory $(PARALLEL) $(if $(filter-out mariadb,$(DATABASE)),check-database-built,check-built)

check-built: $(PROGRAM) $(COMPLETIONS) $(UNIT_TESTS) $(CHECKER) $(FUZZ_TARGETS)
	$(Q)$(PYTHON) -B tests/run --variant=$(VARIANT) --program=$(PROGRAM) $(if $(CHECKER),--check-vectors=$(CHECKER)) \
		$(if $(STRICT),--strict) $(if $(ONLY),--only=$(ONLY)) $(UNIT_TESTS) $(FUZZ_TARGETS)

DATABASE_TESTS := $(patsubst %.c,$(BUILD)/%,$(if $(DATABASE),$(shell grep -lE 'support/(test_db|test_site|story)\.h' $(UNIT_SOURCES))))

check-database-built: $(PROGRAM) $(DATABASE_TESTS) $(CHECKER)
	$(Q)$(PYTHON) -B tests/run --variant=$(VARIANT) --program=$(PROGRAM) $(if $(CHECKER),--check-vectors=$(CHECKER)) \
		--database=$(DATABASE) --stories=integration $(if $(STRICT),--strict) $(if $(ONLY),--only=$(ONLY)) $(DATABASE_TESTS)

crash-tests: ## break off runs at every single statement and request, and resume them (a quarter of an hour and more)
	$(Q)PRM_TEST_EVERY_STEP=1 $(MAKE) --no-print-directory check ONLY=integration/test_resumed

nightly: ## everything there is: every break, clusters, 200 random histories, a simulated year, each database, server and Debian, calendars in FOLDER=… (many hours)
	$(Q)FOLDER='$(FOLDER)' tests/nightly

thread-tests: ## run what has several threads under ThreadSanitizer
	$(Q)packaging/packages build test
	$(Q)$(MAKE) --no-print-directory $(PARALLEL) VARIANT=tsan thread-tests-built

THREADED_TESTS := $(patsubst %.c,$(BUILD)/%,$(if $(filter tsan,$(VARIANT)),$(shell grep -l g_thread_new $(UNIT_SOURCES))))

thread-tests-built: $(PROGRAM) $(THREADED_TESTS)
	$(Q)$(PYTHON) -B tests/run --variant=$(VARIANT) --program=$(PROGRAM) $(if $(STRICT),--strict) \
		--only=integration/test_threads,unit/ $(THREADED_TESTS)

fuzz: ## search for crashes for FUZZ_SECS (60): FUZZ=multistatus …; what is found goes to tests/fuzz/corpus/
	$(Q)$(MAKE) --no-print-directory $(PARALLEL) CC=clang VARIANT=fuzz build/fuzz/tests/fuzz/fuzz-$(FUZZ)
	$(Q)mkdir -p build/fuzz/corpus/$(FUZZ)
	$(Q)build/fuzz/tests/fuzz/fuzz-$(FUZZ) -max_total_time=$(or $(FUZZ_SECS),60) -dict=tests/fuzz/dictionaries/$(FUZZ).dict -artifact_prefix=tests/fuzz/corpus/$(FUZZ)/ \
		build/fuzz/corpus/$(FUZZ) tests/fuzz/corpus/$(FUZZ)

demo: ## sync sample calendars into a real WordPress in a temporary folder (KEEP=1 leaves it running)
	$(Q)packaging/packages build test
	$(Q)$(MAKE) --no-print-directory $(PARALLEL) $(PROGRAM)
	$(Q)$(PYTHON) -B tests/demo/demo.py --program=$(PROGRAM) $(if $(KEEP),--keep)

# Fetches ical.js once; the check itself wants no network.
ICAL_JS := build/world-check/node_modules/ical.js/dist/ical.js

$(ICAL_JS):
	$(Q)packaging/packages world
	$(Q)mkdir -p build/world-check
	$(Q)npm --no-audit --no-fund --ignore-scripts --prefix build/world-check install ical.js@2.2.1

world-check: $(PROGRAM) $(ICAL_JS) ## compare the occurrences of all calendar files below FOLDER=… with two other programs (ALL=1 names every file)
	$(Q)[ -n "$(FOLDER)" ] || { echo 'say which: make world-check FOLDER=…' >&2; exit 64; }
	$(Q)$(PYTHON) -B tests/world/check.py --program=$(PROGRAM) --ical-js=$(ICAL_JS) $(if $(ALL),--all) '$(FOLDER)'

bench: ## time first and unchanged syncs, of CalDAV and of Google, beside curl and a bulk load
	$(Q)packaging/packages build test bench
	$(Q)$(MAKE) --no-print-directory $(PARALLEL) $(PROGRAM)
	$(Q)$(PYTHON) -B tests/bench/first_sync.py
	$(Q)$(PYTHON) -B tests/bench/google_sync.py

lint: $(BUILD)/sql/state_migrations.inc build/plain/libprm-calendar.a build/plain/src/cli/main.o ## check formatting, our own rules, cppcheck and clang-tidy
	$(Q)mkdir -p build
	$(Q)printf '%s\n' -I$(CURDIR)/src -I$(CURDIR)/$(BUILD)/sql $(OUR_CPPFLAGS) $(patsubst -I%,-isystem%,$(LIB_CFLAGS)) -std=gnu17 -Wall -Wextra \
		>build/compile_flags.txt
	$(Q)tests/lint/lint

format: ## apply .clang-format to all C files
	$(Q)clang-format -i $(SOURCES) $(HEADERS) $(UNIT_SOURCES) $(UNIT_HELPERS) $(CHECKER_SOURCES) $(FUZZ_SOURCES) $(wildcard tests/fake/*.c) packaging/completions/generate.c

install: $(PROGRAM) $(COMPLETIONS) ## install into DESTDIR and PREFIX; the configuration is made by prm-calendar init
	install -D -m 755 $(PROGRAM) $(DESTDIR)$(PREFIX)/bin/prm-calendar
	install -D -m 755 packaging/is-configured $(DESTDIR)$(PREFIX)/lib/prm-calendar/is-configured
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/prm-calendar/sql sql/*.sql
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man1 packaging/man/prm-calendar.1
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man5 packaging/man/prm-calendar.ini.5
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man7 packaging/man/prm-calendar.7 packaging/man/prm-calendar-sites.7
	install -D -m 644 $(BUILD)/completions/bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/prm-calendar
	install -D -m 644 $(BUILD)/completions/zsh $(DESTDIR)$(PREFIX)/share/zsh/vendor-completions/_prm-calendar
	install -D -m 644 packaging/sysusers.d/prm-calendar.conf $(DESTDIR)$(PREFIX)/lib/sysusers.d/prm-calendar.conf
	install -D -m 644 -t $(DESTDIR)$(UNITDIR) packaging/systemd/prm-calendar*
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/doc/prm-calendar/examples conf/prm-calendar.ini packaging/examples/*
	sed -i 's#/usr/\(bin\|lib\)/prm-calendar#$(PREFIX)/\1/prm-calendar#' $(DESTDIR)$(UNITDIR)/prm-calendar*.service \
		$(DESTDIR)$(PREFIX)/share/doc/prm-calendar/examples/prm-calendar.cron
	install -d $(DESTDIR)$(SYSCONFDIR)/prm-calendar/sites

# dpkg-buildpackage leaves its files beside the source: so it gets a copy of it.
deb: ## build the Debian package into build/deb
	$(Q)packaging/packages build deb
	$(Q)MAINTAINER='$(MAINTAINER)' HOMEPAGE='$(HOMEPAGE)' VCS_BROWSER='$(VCS_BROWSER)' VCS_GIT='$(VCS_GIT)' packaging/build-deb build/deb
	$(Q)packaging/lint-deb build/deb

# A chroot wants root.
check-deb: ## build the package twice, install, upgrade and purge it in a clean Debian (STRICT=1; asks sudo when not root)
	$(Q)packaging/packages build test deb chroot
	$(Q)$$([ "$$(id -u)" -eq 0 ] || echo sudo) $(PYTHON) -B tests/run --stories=deb $(if $(STRICT),--strict)

# Debian 12 is what everything else runs on.
check-debian: ## build, test and install in a clean Debian of another release: RELEASE=trixie|sid (STRICT=1; asks sudo when not root)
	$(Q)$(if $(RELEASE),,echo 'usage: make check-debian RELEASE=trixie|sid' >&2; exit 64;) packaging/packages test chroot
	$(Q)$$([ "$$(id -u)" -eq 0 ] || echo sudo) env PRM_TEST_RELEASE=$(RELEASE) $(PYTHON) -B tests/run --stories=debian $(if $(STRICT),--strict)

cluster-tests: ## run several sidecars on a three-node Galera cluster on loopback, and kill nodes
	$(Q)packaging/packages build test cluster
	$(Q)packaging/unpack-debian $$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release) build/galera galera-4 mariadb-server
	$(Q)$(MAKE) --no-print-directory $(PARALLEL) $(PROGRAM)
	$(Q)$(PYTHON) -B tests/run --program=$(PROGRAM) --stories=cluster --only=cluster/test_galera $(if $(STRICT),--strict)

group-tests: ## run several sidecars on MySQL's Group Replication with one primary, and kill and freeze it
	$(Q)packaging/packages build test
	$(Q)packaging/unpack-debian sid build/mysql mysql-server-core
	$(Q)$(MAKE) --no-print-directory $(PARALLEL) $(PROGRAM)
	$(Q)$(PYTHON) -B tests/run --program=$(PROGRAM) --stories=cluster --only=cluster/test_group_replication $(if $(STRICT),--strict)

# On what no package depends, because every Debian has it.
ESSENTIAL := dash coreutils grep sed

# Calendar servers, each of which runs where the folder is the root that its packages were unpacked into.
SERVERS ?= cyrus davical sogo
PACKAGES_OF_cyrus := cyrus-imapd cyrus-caldav sasl2-bin
PACKAGES_OF_davical := davical php-cli php-pgsql php-xml postgresql $(ESSENTIAL)
PACKAGES_OF_sogo := sogo memcached apache2-bin $(ESSENTIAL)
comma := ,
space := $(subst ,, )

server-tests: ## run stories against calendar servers as Debian 12 has them, on loopback, unpacked into build/ (SERVERS=cyrus, davical, sogo: only that)
	$(Q)packaging/packages build test
	$(Q)$(foreach server,$(SERVERS),packaging/unpack-debian bookworm build/$(server) $(PACKAGES_OF_$(server)) &&) true
	$(Q)$(MAKE) --no-print-directory $(PARALLEL) $(PROGRAM)
	$(Q)$(PYTHON) -B tests/run --program=$(PROGRAM) --stories=servers $(if $(STRICT),--strict) \
		--only=$(subst $(space),$(comma),$(strip $(addprefix servers/test_,$(SERVERS))))

clean: ## remove build/
	rm -rf build

-include $(ALL_OBJECTS:.o=.d)
