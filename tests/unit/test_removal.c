/* Tests of removal: one file, and the directories that it leaves empty. */
#include "retainworld.h"

static struct removal removal;
static struct diag_fault fault;

static int set_up_removal(void **state)
{
	set_up(state);
	fault = (struct diag_fault){ 0 };
	retain = (struct retain){ .on = false };
	removal = (struct removal){ .sys = &fakesys,
				    .diag = &diag,
				    .fault = &fault,
				    .dir = "/log",
				    .is_open = is_open,
				    .settings = &settings };
	assert_null(filename_compile(&settings.file, "{host}/%Y/%m-%d"));
	return 0;
}

/* As the walk found it. */
static struct removal_file found(const char *name)
{
	struct removal_file file = { .name = name };
	struct stat st;
	char path[512];

	snprintf(path, sizeof(path), "/log/%s", name);
	assert_int_equal(fakesys.lstat(path, &st), 0);
	file.device = st.st_dev;
	file.inode = st.st_ino;
	return file;
}

static enum removal_result step(const struct removal_file *file)
{
	return removal_step(&removal, file, fake.now_ms);
}

static void test_a_file_goes_with_what_it_leaves_empty(void **state)
{
	struct removal_file file;

	(void)state;
	make("a/b/c/x", 1);
	make("a/y", 1);
	file = found("a/b/c/x");
	assert_int_equal(step(&file), REMOVAL_DONE);
	assert_gone("a/b");
	assert_there("a/y");
	file = found("a/y");
	assert_int_equal(step(&file), REMOVAL_DONE);
	assert_gone("a");
	assert_non_null(fake_node("/log"));
	assert_int_equal(fake_open_fds(), 1);
}

static void make_link(const char *name)
{
	make(name, 0)->mode = S_IFLNK | 0777;
}

static void test_the_link_goes_with_its_directory(void **state)
{
	struct removal_file file;
	bool spare;

	(void)state;
	settings.link = "current";
	for (spare = false;; spare = true) {
		make_link("a/current");
		if (spare)
			make_link("a/.current.new");
		make("a/2026/11-29", 1);
		file = found("a/2026/11-29");
		assert_int_equal(step(&file), REMOVAL_DONE);
		assert_gone("a/current");
		assert_gone("a");
		assert_int_equal(fake_open_fds(), 1);
		if (spare)
			break;
	}
	assert_string_equal(fake_text("stderr"), "");
}

static void test_the_link_stays_with_anything_else(void **state)
{
	static const char *const others[] = { "a/x", "a/current2",
					      "a/.current.new", "a/2025/x" };
	struct removal_file file;
	char path[64];
	size_t i;

	(void)state;
	settings.link = "current";
	make_link("a/current");
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		make(others[i], 1);
		make("a/2026/11-29", 1);
		file = found("a/2026/11-29");
		assert_int_equal(step(&file), REMOVAL_DONE);
		assert_there("a/current");
		assert_there(others[i]);
		assert_gone("a/2026");
		snprintf(path, sizeof(path), "/log/%s", others[i]);
		fake_unlink(path);
	}
}

static void test_what_is_not_the_link_stays(void **state)
{
	struct removal_file file;

	(void)state;
	settings.link = "current";
	/* A file of that name; a link in another directory; another link. */
	make("a/current", 1);
	make("a/2026/11-29", 1);
	make_link("b/2026/current");
	make("b/2026/11-29", 1);
	make_link("c/latest");
	make("c/2026/11-29", 1);
	file = found("a/2026/11-29");
	assert_int_equal(step(&file), REMOVAL_DONE);
	file = found("b/2026/11-29");
	assert_int_equal(step(&file), REMOVAL_DONE);
	file = found("c/2026/11-29");
	assert_int_equal(step(&file), REMOVAL_DONE);
	assert_there("a/current");
	assert_there("b/2026/current");
	assert_there("c/latest");
	settings.link = NULL;
	make_link("d/current");
	make("d/2026/11-29", 1);
	file = found("d/2026/11-29");
	assert_int_equal(step(&file), REMOVAL_DONE);
	assert_there("d/current");
}

static void test_a_directory_that_can_not_be_read_stays(void **state)
{
	struct removal_file file;

	(void)state;
	settings.link = "current";
	make_link("a/current");
	make("a/2026/11-29", 1);
	file = found("a/2026/11-29");
	fake_fail(FAKE_BIT(FAKE_GETDENTS64), 1, 1, EIO, 0);
	assert_int_equal(step(&file), REMOVAL_DONE);
	assert_there("a/current");
	assert_int_equal(fake_open_fds(), 1);
}

static void test_a_file_that_is_gone_is_no_fault(void **state)
{
	struct removal_file file;

	(void)state;
	make("a/x", 1);
	file = found("a/x");
	fake_unlink("/log/a/x");
	assert_int_equal(step(&file), REMOVAL_GONE);
	fake_unlink("/log/a");
	assert_int_equal(step(&file), REMOVAL_GONE);
	assert_string_equal(fake_text("stderr"), "");
}

static void test_what_changed_meanwhile_is_left(void **state)
{
	static const mode_t modes[] = { S_IFLNK | 0777, S_IFIFO | 0600,
					S_IFDIR | 0700 };
	struct fake_node *node = make("x", 1);
	struct removal_file file = found("x");
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		node->mode = modes[i];
		assert_int_equal(step(&file), REMOVAL_LEFT);
	}
	node->mode = S_IFREG | 0600;
	node->links = 1;
	assert_int_equal(step(&file), REMOVAL_LEFT);
	node->links = 0;
	file.inode++;
	assert_int_equal(step(&file), REMOVAL_LEFT);
	file.inode--;
	file.device++;
	assert_int_equal(step(&file), REMOVAL_LEFT);
	file.device--;
	open_name = "x";
	assert_int_equal(step(&file), REMOVAL_LEFT);
	open_name = NULL;
	assert_int_equal(step(&file), REMOVAL_DONE);
	assert_string_equal(fake_text("stderr"), "");
}

static void test_no_link_in_place_of_a_directory_is_followed(void **state)
{
	struct removal_file file;

	(void)state;
	make("a/x", 1);
	file = found("a/x");
	fake_node("/log/a")->mode = S_IFLNK | 0777;
	assert_int_equal(step(&file), REMOVAL_LEFT);
	assert_there("a/x");
	assert_string_equal(fake_text("stderr"), "");
}

static void test_a_large_file_goes_part_by_part(void **state)
{
	struct fake_node *node = make("x", 2 * (size_t)REMOVAL_PART_BYTES + 1);
	struct removal_file file = found("x");

	(void)state;
	assert_int_equal(step(&file), REMOVAL_SHORTENED);
	assert_int_equal(node->hole, REMOVAL_PART_BYTES + 1);
	assert_int_equal(step(&file), REMOVAL_SHORTENED);
	assert_int_equal(node->hole, 1);
	assert_int_equal(step(&file), REMOVAL_DONE);
	assert_gone("x");
	assert_int_equal(fake_open_fds(), 1);
}

static int openat_replaced(int dir, const char *name, int flags, mode_t mode)
{
	if ((flags & O_ACCMODE) == O_WRONLY) {
		fake_rename("/log/x", "/log/old");
		make("x", (size_t)REMOVAL_PART_BYTES * 2);
	}
	return fakesys.openat(dir, name, flags, mode);
}

/* It is replaced between the look and the opening. */
static void test_only_the_file_that_was_found_is_shortened(void **state)
{
	struct sys sys = fakesys;
	struct removal_file file;

	(void)state;
	make("x", (size_t)REMOVAL_PART_BYTES * 2);
	file = found("x");
	sys.openat = openat_replaced;
	removal.sys = &sys;
	assert_int_equal(step(&file), REMOVAL_LEFT);
	assert_int_equal(fake.counts[FAKE_FTRUNCATE], 0);
	assert_there("x");
	assert_there("old");
	assert_int_equal(fake_open_fds(), 1);
}

static void test_what_fails_is_told_with_the_name(void **state)
{
	struct removal_file file;

	(void)state;
	make("a/x", 1);
	file = found("a/x");
	fake_fail(FAKE_BIT(FAKE_UNLINKAT), 1, 1, EROFS, 0);
	assert_int_equal(step(&file), REMOVAL_FAILED);
	assert_said("warning: unable to remove /log/a/x: Read-only file "
		    "system\n");
	fake_fail(FAKE_BIT(FAKE_OPENAT), 1, 1, EMFILE, 0);
	assert_int_equal(step(&file), REMOVAL_FAILED);
	assert_said("warning: unable to open the directory of /log/a/x: Too "
		    "many open files\n");
	fake_fail(FAKE_BIT(FAKE_FSTATAT), 1, 1, EIO, 0);
	assert_int_equal(step(&file), REMOVAL_FAILED);
	assert_said("warning: unable to look at /log/a/x: Input/output "
		    "error\n");
	assert_int_equal(fake_open_fds(), 1);
}

#define TEST(function) \
	cmocka_unit_test_setup_teardown(function, set_up_removal, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_file_goes_with_what_it_leaves_empty),
		TEST(test_the_link_goes_with_its_directory),
		TEST(test_the_link_stays_with_anything_else),
		TEST(test_what_is_not_the_link_stays),
		TEST(test_a_directory_that_can_not_be_read_stays),
		TEST(test_a_file_that_is_gone_is_no_fault),
		TEST(test_what_changed_meanwhile_is_left),
		TEST(test_no_link_in_place_of_a_directory_is_followed),
		TEST(test_a_large_file_goes_part_by_part),
		TEST(test_only_the_file_that_was_found_is_shortened),
		TEST(test_what_fails_is_told_with_the_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
