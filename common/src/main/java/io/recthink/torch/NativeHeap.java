package io.recthink.torch;

import java.lang.management.ManagementFactory;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The memory that the C library keeps of tensors that are gone. It keeps nearly all of it for the next ones; but what is
 * free lies in holes that those of another shape do not fit into, so a process that computes now this and now that comes to
 * hold more and more.
 */
public final class NativeHeap {
    private static final Logger LOG = LoggerFactory.getLogger(NativeHeap.class);
    private static final String TRIM = "systemTrimNativeHeap"; // jcmd PID System.trim_native_heap
    private static final String COMMANDS = "com.sun.management:type=DiagnosticCommand";
    private static final boolean TRIMMABLE = isTrimmable();

    private NativeHeap() {}

    /**
     * Gives what is free back to the operating system. That takes some hundredths of a second, and the next tensors have to
     * ask for theirs: for moments between two kinds of work. Where the JVM has no such command (OpenJDK 17.0.15 on Linux with
     * glibc has it) nothing happens, which is logged once.
     */
    public static void trim() {
        if (TRIMMABLE) {
            try {
                server().invoke(new ObjectName(COMMANDS), TRIM, null, null);
            } catch (JMException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static boolean isTrimmable() {
        boolean found;
        try {
            found = Stream.of(server().getMBeanInfo(new ObjectName(COMMANDS)).getOperations())
                    .anyMatch(operation -> operation.getName().equals(TRIM));
        } catch (JMException e) {
            found = false;
        }
        if (!found) {
            LOG.info("This JVM cannot give free native memory back: processes may hold more than recthink plan says");
        }
        return found;
    }

    private static MBeanServer server() {
        return ManagementFactory.getPlatformMBeanServer();
    }
}
