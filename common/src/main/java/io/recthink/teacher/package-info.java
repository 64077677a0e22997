/** Teachers write the reasoning traces of the supervised warm start. */
package io.recthink.teacher;
