package i18n

/*
#include <string.h>

// The locale C.UTF-8 is Debian's for "no language chosen". Fyne knows C only, and complains of the other on standard error while
// the program starts, before any Go code of ours runs. So the name is cut to C in the program's own environment, before Go reads it.
__attribute__((constructor)) static void plain_locale(int argc, char **argv, char **envp) {
	static const char *const names[] = {"LANG=C.", "LC_ALL=C.", "LC_MESSAGES=C."};
	for (; envp && *envp; envp++)
		for (int i = 0; i < 3; i++)
			if (!strncmp(*envp, names[i], strlen(names[i])))
				(*envp)[strlen(names[i]) - 1] = 0;
}
*/
import "C"
