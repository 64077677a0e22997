/**
 * Asks teachers on executors, and never pays twice for the same answer: the {@link io.recthink.spark.teacher.Ledger}
 * keeps every answer. {@link io.recthink.spark.teacher.TeacherAnswers} is the entry.
 */
package io.recthink.spark.teacher;
