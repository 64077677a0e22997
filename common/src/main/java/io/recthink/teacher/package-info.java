/**
 * Teachers write the texts that students learn from. The {@link io.recthink.teacher.Purpose} of a request decides
 * whether a teacher may see a true rating.
 */
package io.recthink.teacher;
