package io.recthink.spark.cli;

import io.recthink.InvalidInputException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.DefaultConfiguration;
import org.apache.logging.log4j.core.filter.AbstractFilter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Configures the log of the driver. If the user has configured no log, the log contains the lines of recthink and the
 * warnings of all other loggers. From every log, a filter removes Spark's repeated messages and stacks about a refusal
 * inside a task, because the command ends with one line about the refusal.
 */
final class DriverLog {
    private static final String READABLE = "/io/recthink/spark/log4j2.properties";
    private static final String OF_SPARK = "org/apache/spark/log4j2";
    private static final Pattern ANNOUNCEMENT = Pattern.compile("Job \\S+ aborted\\.|Task .* failed .*; aborting job");
    private static final Pattern LOST = Pattern.compile("Lost task \\S+ in stage \\S+ \\(.*?\\): ");
    private static final Logger LOG = LoggerFactory.getLogger(DriverLog.class);
    private static volatile boolean silent;
    private static Configuration settled;

    private DriverLog() {}

    /**
     * Configures the log now and after each change of its configuration. Call this before Spark starts: Spark 4 sets
     * its own default again.
     */
    static void arrange() {
        // A user who replaces Spark's Log4j by another logger configures that logger.
        if (LogManager.getContext(false) instanceof LoggerContext context) {
            context.addPropertyChangeListener(change -> settle(context));
            settle(context);
        }
    }

    private static synchronized void settle(LoggerContext context) {
        Configuration configuration = context.getConfiguration();
        if (isDefault(configuration)) {
            context.setConfigLocation(readable()); // this change calls settle again
        } else if (configuration != settled) {
            settled = configuration; // first, because the update of the loggers calls settle again
            Unwanted unwanted = new Unwanted();
            unwanted.start();
            configuration.getRootLogger().addFilter(unwanted);
            context.updateLoggers();
        }
    }

    /** Switches the log off. The process is about to end for a known reason, and later failures are consequences. */
    static void silence() {
        silent = true;
    }

    private static boolean isDefault(Configuration configuration) {
        String location = configuration.getConfigurationSource().getLocation();
        return configuration instanceof DefaultConfiguration || (location != null && location.contains(OF_SPARK));
    }

    private static URI readable() {
        try {
            return DriverLog.class.getResource(READABLE).toURI();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(READABLE, e);
        }
    }

    private static final class Unwanted extends AbstractFilter {
        @Override
        public Result filter(LogEvent event) {
            if (silent) {
                return Result.DENY;
            }
            return event.getLoggerName().startsWith("org.apache.spark.") ? ofSpark(event) : Result.NEUTRAL;
        }

        private static Result ofSpark(LogEvent event) {
            String message = event.getMessage().getFormattedMessage();
            if (isTold(event.getThrown()) || names(message) || announcesFailure(event, message)) {
                return Result.DENY;
            }
            Matcher lost = LOST.matcher(message);
            if (lost.lookingAt() && message.contains("\n")) {
                // The stack is in the log of the executor, and in the failure of the job if Spark does not retry.
                LOG.warn(KnownFailure.of(message)
                        .map(text -> lost.group() + text)
                        .orElse(message.lines().findFirst().orElse(message)));
                return Result.DENY;
            }
            return Result.NEUTRAL;
        }

        /**
         * Whether Spark only announces that a job fails. The command prints the reason, which Spark throws afterwards.
         */
        private static boolean announcesFailure(LogEvent event, String message) {
            return event.getThrown() == null && ANNOUNCEMENT.matcher(message).matches();
        }

        /** Whether the command ends with a line about {@code thrown}. */
        private static boolean isTold(Throwable thrown) {
            for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
                if (cause instanceof InvalidInputException || names(cause.getMessage())) {
                    return true;
                }
            }
            return thrown != null && KnownFailure.of(thrown).isPresent();
        }

        private static boolean names(String message) {
            return message != null && message.contains(InvalidInputException.class.getName());
        }
    }
}
