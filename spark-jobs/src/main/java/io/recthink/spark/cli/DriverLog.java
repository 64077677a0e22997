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
 * The log of the driver, which people read. Where nobody has configured one, it has recthink's own lines and the warnings of
 * all others; and what Spark says of a refusal inside a task, several times and with its stack, is left out of any: the
 * command ends with its one line.
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

    /** Called before Spark is started, which since its fourth version configures its own default again. */
    static void arrange() {
        // Whoever logs by something else than Spark's own Log4j looks after that.
        if (LogManager.getContext(false) instanceof LoggerContext context) {
            context.addPropertyChangeListener(change -> settle(context));
            settle(context);
        }
    }

    private static synchronized void settle(LoggerContext context) {
        Configuration configuration = context.getConfiguration();
        if (isDefault(configuration)) {
            context.setConfigLocation(readable()); // a change, that comes here again
        } else if (configuration != settled) {
            settled = configuration; // before the loggers are updated, which is a change too
            Unwanted unwanted = new Unwanted();
            unwanted.start();
            configuration.getRootLogger().addFilter(unwanted);
            context.updateLoggers();
        }
    }

    /** From now on nothing is logged: the process is about to end, it is known why, and what breaks meanwhile is no news. */
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
                // The executor's own log has the stack, and so has the failure of the job when nothing is tried again.
                LOG.warn(KnownFailure.of(message)
                        .map(text -> lost.group() + text)
                        .orElse(message.lines().findFirst().orElse(message)));
                return Result.DENY;
            }
            return Result.NEUTRAL;
        }

        /** Spark says twice that a job fails before it throws the reason, which the command then says. */
        private static boolean announcesFailure(LogEvent event, String message) {
            return event.getThrown() == null && ANNOUNCEMENT.matcher(message).matches();
        }

        /** Whether the command ends with a line about it. */
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
