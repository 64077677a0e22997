package io.recthink.spark.cli;

import io.recthink.InvalidInputException;
import io.recthink.NativeLibraries;
import io.recthink.spark.StoppedException;
import io.recthink.spark.files.FolderInUseException;
import java.lang.reflect.Constructor;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkUserAppException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/**
 * {@code recthink COMMAND}. Exit status: 0 done, 1 failed, 2 the input or the command line cannot be used, 3 a guard has
 * stopped the training or a policy has hardly given an answer that can be read, and what was saved can be used, 6 another
 * application holds the folder that the command writes, 130 and 143 signals.
 */
public final class Main {
    private static final Logger LOG = LoggerFactory.getLogger(Main.class);
    private static final int FAILED = 1;
    private static final int UNUSABLE = 2;
    private static final int STOPPED = 3;
    private static final int IN_USE = 6;

    private Main() {}

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
        return Commands.commandLine().setExecutionExceptionHandler((e, command, parsed) -> {
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
}
