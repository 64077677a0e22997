/** The command line of recthink: one class for each command, its options, its checks and its failures. */
package io.recthink.spark.cli;
