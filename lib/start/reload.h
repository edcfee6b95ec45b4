/*
 * reload - what a change of the settings means for the rooms that read them.
 *
 * L3.  Most look at each setting whenever they need it; here is the rest.
 */
#ifndef UDPLOGGER_RELOAD_H
#define UDPLOGGER_RELOAD_H

struct collector;
struct configuration;
struct diag;
struct earlier;
struct filetable;
struct hostsfile;
struct intake;
struct openfile_common;
struct retain;

struct reload {
	struct configuration *configuration;
	struct diag *diag;
	struct openfile_common *files;
	struct filetable *table;
	struct earlier *earlier;
	struct retain *retain;
	struct collector *collector;
	struct hostsfile *hosts;
	struct intake *intake;
};

/*
 * For engine.reload: reads conf= again, and has all rooms follow.  @context is
 * struct reload.  The files of hosts= and the log files are then to be read and
 * opened again.
 */
void reload_settings(void *context);

#endif
