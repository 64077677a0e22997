/** Teachers write what students learn from. Whether they may see a true rating is a property of the {@link io.recthink.teacher.Purpose}. */
package io.recthink.teacher;
