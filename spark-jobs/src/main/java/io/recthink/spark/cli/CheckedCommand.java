package io.recthink.spark.cli;

/** A command that can check its command line and its configuration without Spark. */
interface CheckedCommand {
    /**
     * Checks the command line and the configuration.
     *
     * @throws io.recthink.InvalidInputException when an option or the configuration cannot be used
     */
    void check();
}
