package io.recthink.spark.cli;

import io.recthink.InvalidInputException;
import io.recthink.NativeLibraries;
import io.recthink.spark.NothingToDoException;
import io.recthink.spark.RefusedException;
import io.recthink.spark.StoppedException;
import io.recthink.spark.UnavailableException;
import io.recthink.spark.files.FolderInUseException;
import java.lang.reflect.Constructor;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkUserAppException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/**
 * Runs {@code recthink COMMAND}. Exit statuses:
 *
 * <ul>
 *   <li>0: done
 *   <li>1: failed
 *   <li>2: the input or the command line cannot be used
 *   <li>3: a guard or a budget stopped the work, hardly any answer of a policy can be read, or a batch file waits for
 *       its answers; the saved output can be used
 *   <li>6: another application is using the folder that the command writes
 *   <li>130, 143: a signal ended the command
 * </ul>
 */
public final class Main {
    private static final Logger LOG = LoggerFactory.getLogger(Main.class);
    private static final int FAILED = 1;
    private static final int UNUSABLE = 2;
    private static final int STOPPED = 3;
    private static final int REFUSED = 4;
    private static final int NOTHING_TO_DO = 5;
    private static final int IN_USE = 6;

    private Main() {}

    public static void main(String[] arguments) throws SparkUserAppException {
        TerminalText.install();
        DriverLog.arrange();
        Interruption.watch();
        Thread.setDefaultUncaughtExceptionHandler(new ExhaustedHeap());
        int status = execute(arguments);
        if (status != 0 && !Interruption.happened()) { // after a signal the JVM ends with the status of the signal
            exit(status);
        }
    }

    private static int execute(String... arguments) {
        try {
            NativeLibraries.configure();
            return commandLine().execute(arguments);
        } catch (InvalidInputException e) { // before a command runs; the handler prints the refusals of commands
            System.err.println(e.getMessage());
            return UNUSABLE;
        } catch (Error e) { // such as Hadoop's FSError
            String known = KnownFailure.of(e).orElseThrow(() -> e);
            LOG.debug("the failure", e);
            System.err.println(known);
            return FAILED;
        }
    }

    /**
     * Ends the process with a status. YARN's application master takes an exit of the driver for a crash, but reads the
     * exit status from {@link SparkUserAppException}.
     */
    private static void exit(int status) throws SparkUserAppException {
        SparkConf settings = new SparkConf();
        boolean inMaster = settings.get("spark.master", "").equals("yarn")
                && settings.get("spark.submit.deployMode", "").equals("cluster");
        if (inMaster) {
            throw exitOfDriver(status);
        }
        if (!LOG.isDebugEnabled()) {
            DriverLog.silence(); // the command has printed why it ends
        }
        System.exit(status);
    }

    private static SparkUserAppException exitOfDriver(int status) {
        Constructor<?> constructor = SparkUserAppException.class.getConstructors()[0];
        Object[] arguments = new Object[constructor.getParameterCount()]; // Spark 4.1 adds a cause
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
            // A refusal in a task on an executor is a cause of the failure of the Spark job.
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                int status = status(cause);
                if (status != FAILED) {
                    command.getErr().println(cause.getMessage());
                    return status;
                }
            }
            command.getErr().println(unavailable(e).or(() -> KnownFailure.of(e)).orElseThrow(() -> e));
            LOG.debug("the failure", e);
            return FAILED;
        });
    }

    private static Optional<String> unavailable(Throwable failure) {
        return failure instanceof UnavailableException ? Optional.of(failure.getMessage()) : Optional.empty();
    }

    private static int status(Throwable cause) {
        if (cause instanceof FolderInUseException) {
            return IN_USE;
        }
        if (cause instanceof InvalidInputException) {
            return UNUSABLE;
        }
        if (cause instanceof RefusedException) {
            return REFUSED;
        }
        if (cause instanceof NothingToDoException) {
            return NOTHING_TO_DO;
        }
        return cause instanceof StoppedException ? STOPPED : FAILED;
    }
}
