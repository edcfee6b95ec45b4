/* reload - a change of the settings; see reload.h. */
#include "reload.h"

#include <stdio.h>
#include <string.h>

#include "collector.h"
#include "configuration.h"
#include "earlier.h"
#include "filetable.h"
#include "hostsfile.h"
#include "intake.h"
#include "linkname.h"
#include "openfile.h"
#include "retain.h"

/* What a change of the settings has to be compared with. */
struct before {
	struct settings settings;
	char pattern[FILENAME_BYTES];
	char link[FILENAME_BYTES];
};

static void remember(struct before *before, const struct settings *settings)
{
	before->settings = *settings;
	snprintf(before->pattern, sizeof(before->pattern), "%s",
		 settings->file.pattern);
	before->settings.file.pattern = before->pattern;
	snprintf(before->link, sizeof(before->link), "%s",
		 settings->link ? settings->link : "");
}

static bool is_pattern_another(const struct before *before,
			       const struct settings *settings)
{
	return strcmp(before->pattern, settings->file.pattern) != 0;
}

static bool is_link_another(const struct before *before,
			    const struct settings *settings)
{
	return strcmp(before->link, settings->link ? settings->link : "") != 0;
}

/*
 * The link in DIR has another name, or none; or senders have directories now,
 * and links there.
 */
static bool is_link_left(const struct before *before,
			 const struct settings *settings)
{
	return before->link[0] != '\0' &&
	       linkname_depth(before->pattern) == 0 &&
	       (is_link_another(before, settings) ||
		linkname_depth(settings->file.pattern) > 0);
}

static bool is_retention_another(const struct before *before,
				 const struct settings *settings)
{
	const struct settings *b = &before->settings;

	return b->keep_days != settings->keep_days ||
	       b->max_bytes != settings->max_bytes ||
	       b->free_bytes != settings->free_bytes ||
	       b->keepmin_days != settings->keepmin_days ||
	       is_pattern_another(before, settings);
}

static void follow(struct reload *reload, const struct before *before)
{
	const struct settings *settings =
		&reload->configuration->options.settings;

	reload->files->rules.mode = (mode_t)settings->perm;
	reload->files->link.name = settings->link;
	if (is_link_another(before, settings) ||
	    is_pattern_another(before, settings))
		link_forget(&reload->files->link);
	if (is_link_left(before, settings))
		link_remove(&reload->files->link, reload->files->names.dir,
			    before->link, &before->settings.file);
	if (is_pattern_another(before, settings)) {
		filetable_change(reload->table);
		earlier_change(reload->earlier);
	}
	if (is_retention_another(before, settings))
		retain_change(reload->retain);
	collector_change(reload->collector);
	hostsfile_change(reload->hosts, settings->hosts);
	intake_choose_stamps(reload->intake, settings_stamps_iso(settings));
}

void reload_settings(void *context)
{
	struct reload *reload = context;
	struct before before;

	remember(&before, &reload->configuration->options.settings);
	if (configuration_read_again(reload->configuration, reload->diag))
		follow(reload, &before);
}
