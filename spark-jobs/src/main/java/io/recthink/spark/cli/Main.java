package io.recthink.spark.cli;

import io.recthink.BuildInformation;
import io.recthink.InvalidInputException;
import io.recthink.NativeLibraries;
import io.recthink.spark.Job;
import io.recthink.spark.StoppedException;
import io.recthink.spark.baseline.mf.MfJob;
import io.recthink.spark.coldstart.ColdStartJob;
import io.recthink.spark.coldstart.InitModelJob;
import io.recthink.spark.files.FolderInUseException;
import io.recthink.spark.predict.PredictJob;
import io.recthink.spark.sft.SftJob;
import io.recthink.spark.simulate.OracleJob;
import io.recthink.spark.simulate.SimulateJob;
import io.recthink.spark.train.TrainJob;
import io.recthink.spark.verify.VerifyJob;
import java.lang.reflect.Constructor;
import java.util.function.Function;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkUserAppException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/**
 * {@code recthink COMMAND}. Exit status: 0 done, 1 failed, 2 the input or the command line cannot be used, 3 a guard has
 * stopped the training or a policy has hardly given an answer that can be read, and what was saved can be used, 6 another
 * application holds the folder that the command writes, 130 and 143 signals.
 */
@Command(
        name = "recthink",
        description = "Trains a language model to think before it recommends.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.class,
        synopsisSubcommandLabel = "COMMAND")
public final class Main implements CommandLine.IVersionProvider {
    private static final Logger LOG = LoggerFactory.getLogger(Main.class);
    private static final int FAILED = 1;
    private static final int UNUSABLE = 2;
    private static final int STOPPED = 3;
    private static final int IN_USE = 6;

    public static void main(String[] arguments) throws SparkUserAppException {
        TerminalText.install();
        DriverLog.arrange();
        Interruption.watch();
        Thread.setDefaultUncaughtExceptionHandler(new ExhaustedHeap());
        int status = execute(arguments);
        if (status != 0 && !Interruption.happened()) { // after a signal the JVM ends with its status
            exit(status);
        }
    }

    private static int execute(String... arguments) {
        try {
            NativeLibraries.configure();
            return commandLine().execute(arguments);
        } catch (InvalidInputException e) { // what a command refuses is told by its handler
            System.err.println(e.getMessage());
            return UNUSABLE;
        } catch (Error e) { // Hadoop's FSError is one
            String known = KnownFailure.of(e).orElseThrow(() -> e);
            LOG.debug("the failure", e);
            System.err.println(known);
            return FAILED;
        }
    }

    /** YARN's application master takes the exit of a driver for a crash; it knows this exception as an exit status. */
    private static void exit(int status) throws SparkUserAppException {
        SparkConf settings = new SparkConf();
        boolean inMaster = settings.get("spark.master", "").equals("yarn")
                && settings.get("spark.submit.deployMode", "").equals("cluster");
        if (inMaster) {
            throw exitOfDriver(status);
        }
        if (!LOG.isDebugEnabled()) {
            DriverLog.silence(); // the command has said why it ends
        }
        System.exit(status);
    }

    private static SparkUserAppException exitOfDriver(int status) {
        Constructor<?> constructor = SparkUserAppException.class.getConstructors()[0];
        Object[] arguments = new Object[constructor.getParameterCount()]; // since Spark 4.1 with a cause
        arguments[0] = status;
        try {
            return (SparkUserAppException) constructor.newInstance(arguments);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("exit status " + status, e);
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
        commands.addSubcommand(new PromptCommand());
        commands.addSubcommand(new ConfigCommand());
        add(commands, "probe", "Show a policy changed prompts and table what that does.", new ProbeCommand());
        commands.addSubcommand(new ImportModelCommand());
        commands.addSubcommand(new ExportCommand());
        commands.addSubcommand(new GenerateCommand());
        commands.addSubcommand(new BenchmarkCommand());
        commands.addSubcommand(new PlanCommand());
        job(commands, "cold-start", "Write teacher traces for the warm start.", new ColdStartJob());
        job(commands, "init-model", "Make a small random model with a tokenizer of its own.", new InitModelJob());
        commands.addSubcommand(new InspectCommand());
        job(commands, "verify", "Compare data, traces, predictions and runs with what was written.", new VerifyJob());
        // Texts on a terminal hold no escapes, our own neither.
        commands.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
        return commands.setExecutionExceptionHandler((e, command, parsed) -> {
            if (Interruption.happened()) {
                return FAILED;
            }
            // What a task on an executor refuses arrives as the cause of a failed Spark job.
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                int status = status(cause);
                if (status != FAILED) {
                    command.getErr().println(cause.getMessage());
                    return status;
                }
            }
            command.getErr().println(KnownFailure.of(e).orElseThrow(() -> e));
            LOG.debug("the failure", e);
            return FAILED;
        });
    }

    private static int status(Throwable cause) {
        if (cause instanceof FolderInUseException) {
            return IN_USE;
        }
        if (cause instanceof InvalidInputException) {
            return UNUSABLE;
        }
        return cause instanceof StoppedException ? STOPPED : FAILED;
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
