package io.recthink.spark.cli;

/** A command that can find out without Spark whether its command line and its configuration can be used. */
interface CheckedCommand {
    /**
     * Checks them.
     *
     * @throws io.recthink.InvalidInputException when they cannot be used
     */
    void check();
}
