/** The command {@code probe}: how a policy's answers depend on the parts of its prompt. */
package io.recthink.spark.probe;
