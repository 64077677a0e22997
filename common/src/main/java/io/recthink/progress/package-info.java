/** Progress of long work: one line that moves on a terminal, plain lines in a log. */
package io.recthink.progress;
