package io.recthink.spark.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import picocli.CommandLine;

/** The result of a command: its exit status, its standard output and its standard error. */
record CommandRun(int status, String output, String errors) {

    static CommandRun of(List<String> arguments) {
        StringWriter output = new StringWriter();
        StringWriter errors = new StringWriter();
        CommandLine commands =
                Main.commandLine().setOut(new PrintWriter(output, true)).setErr(new PrintWriter(errors, true));
        int status = commands.execute(arguments.toArray(String[]::new));
        return new CommandRun(status, output.toString(), errors.toString());
    }
}
