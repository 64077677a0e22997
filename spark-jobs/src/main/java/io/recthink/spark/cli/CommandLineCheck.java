package io.recthink.spark.cli;

import io.recthink.InvalidInputException;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionStrategy;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * Checks a command line before {@code bin/recthink} starts Spark, because the start of Spark takes seconds. The check
 * answers {@code --help}, {@code --version} and {@code config}. It refuses a wrong option and a configuration that
 * cannot be used. Exit status: {@value #START} if the command needs Spark, else the status of the command.
 */
final class CommandLineCheck {
    static final int START = 64;

    private CommandLineCheck() {}

    public static void main(String[] arguments) {
        TerminalText.install();
        System.exit(check(Commands.commandLine(), arguments));
    }

    static int check(CommandLine commands, String... arguments) {
        IExecutionStrategy check = CommandLineCheck::check;
        return commands.setExecutionStrategy(check).execute(arguments);
    }

    private static int check(ParseResult parsed) {
        Integer answered = CommandLine.executeHelpRequest(parsed);
        if (answered != null) {
            return answered;
        }
        if (!parsed.hasSubcommand()) {
            throw new ParameterException(parsed.commandSpec().commandLine(), "Missing required subcommand");
        }
        ParseResult last = parsed;
        while (last.hasSubcommand()) {
            last = last.subcommand();
        }
        CommandLine command = last.commandSpec().commandLine();
        try {
            return checked(command);
        } catch (InvalidInputException e) {
            command.getErr().println(e.getMessage());
            return ExitCode.USAGE;
        }
    }

    private static int checked(CommandLine command) {
        Object object = command.getCommand();
        if (object instanceof ConfigCommand config && config.needsNoSpark()) {
            return config.call();
        }
        for (CommandSpec mixin : command.getCommandSpec().mixins().values()) {
            if (mixin.userObject() instanceof ConfigurationOptions options) {
                options.check();
            }
        }
        if (object instanceof CheckedCommand checked) {
            checked.check();
        }
        return START;
    }
}
