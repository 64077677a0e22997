/** Progress of long work: one line that is updated on a terminal, plain lines in a log. */
package io.recthink.progress;
