package io.recthink.spark.cli;

import io.recthink.BuildInformation;
import io.recthink.InvalidInputException;
import io.recthink.spark.Job;
import io.recthink.spark.coldstart.ColdStartJob;
import io.recthink.spark.coldstart.InitModelJob;
import io.recthink.spark.learn.StoppedException;
import io.recthink.spark.mf.MfJob;
import io.recthink.spark.predict.PredictJob;
import io.recthink.spark.sft.SftJob;
import io.recthink.spark.simulate.OracleJob;
import io.recthink.spark.simulate.SimulateJob;
import io.recthink.spark.train.TrainJob;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/**
 * {@code recthink COMMAND}. Exit status: 0 done, 1 failed, 2 the input or the command line cannot be used, 3 a guard has
 * stopped the training; what it saved can be used.
 */
@Command(
        name = "recthink",
        description = "Trains a language model to think before it recommends.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.class,
        synopsisSubcommandLabel = "COMMAND")
public final class Main implements CommandLine.IVersionProvider {
    private static final int STOPPED = 3;

    public static void main(String[] arguments) {
        Thread.setDefaultUncaughtExceptionHandler(new ExhaustedHeap());
        int status = commandLine().execute(arguments);
        if (status != 0) {
            System.exit(status);
        }
    }

    static CommandLine commandLine() {
        CommandLine commands = new CommandLine(new Main());
        commands.addSubcommand(new QuickstartCommand());
        job(commands, "simulate", "Write a review log of simulated users.", new SimulateJob());
        add(commands, "prepare", "Turn a review log into examples to learn from and to predict.", new PrepareCommand());
        job(commands, "oracle", "Predict a simulated log as well as its histories allow.", new OracleJob());
        resumable(commands, "sft", "Teach a model the form of the answers by imitation of traces.", SftJob::new);
        resumable(commands, "train", "Train a policy by GRPO.", TrainJob::new);
        job(commands, "predict", "Predict ratings with one or several policies.", new PredictJob());
        job(
                commands,
                "mf",
                "Predict ratings by matrix factorisation, its settings searched on validation.",
                new MfJob());
        add(commands, "compare", "Score all systems on the same rows and write the tables.", new CompareCommand());
        add(commands, "probe", "Show a policy changed prompts and table what that does.", new ProbeCommand());
        commands.addSubcommand(new ImportModelCommand());
        commands.addSubcommand(new ExportCommand());
        commands.addSubcommand(new GenerateCommand());
        commands.addSubcommand(new BenchmarkCommand());
        commands.addSubcommand(new PlanCommand());
        job(commands, "cold-start", "Write teacher traces for the warm start.", new ColdStartJob());
        job(commands, "init-model", "Make a small random model with a tokenizer of its own.", new InitModelJob());
        commands.addSubcommand(new InspectCommand());
        return commands.setExecutionExceptionHandler((e, command, parsed) -> {
            // What a task on an executor refuses arrives as the cause of a failed Spark job.
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof InvalidInputException) {
                    command.getErr().println(cause.getMessage());
                    return command.getCommandSpec().exitCodeOnInvalidInput();
                }
            }
            if (e instanceof StoppedException) {
                command.getErr().println(e.getMessage());
                return STOPPED;
            }
            throw e;
        });
    }

    private static void job(CommandLine commands, String name, String description, Job job) {
        add(commands, name, description, new JobCommand(name, job));
    }

    private static void resumable(CommandLine commands, String name, String description, Function<Boolean, Job> jobs) {
        add(commands, name, description, new ResumableJobCommand(name, jobs));
    }

    private static void add(CommandLine commands, String name, String description, JobCommand job) {
        CommandSpec command = CommandSpec.forAnnotatedObject(job);
        command.usageMessage().description(description);
        command.mixinStandardHelpOptions(true);
        commands.addSubcommand(name, command);
    }

    @Override
    public String[] getVersion() {
        BuildInformation build = BuildInformation.current();
        return new String[] {"recthink %s (%s)".formatted(build.version(), build.revision())};
    }
}
