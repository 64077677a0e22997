package io.recthink.torch;

import java.lang.management.ManagementFactory;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives memory of freed tensors from the C library back to the operating system. The C library keeps nearly all of this
 * memory for later tensors, but tensors of another shape do not fit into the free blocks. So a process that alternates
 * between two kinds of work takes more and more memory.
 */
public final class NativeHeap {
    private static final Logger LOG = LoggerFactory.getLogger(NativeHeap.class);
    private static final String TRIM = "systemTrimNativeHeap"; // jcmd PID System.trim_native_heap
    private static final String COMMANDS = "com.sun.management:type=DiagnosticCommand";
    private static final boolean TRIMMABLE = isTrimmable();

    private NativeHeap() {}

    /**
     * Gives free native memory back to the operating system. A call takes some hundredths of a second, and the next
     * tensors have to ask for memory again: call it between two kinds of work. A JVM without this command does nothing,
     * which is logged once. OpenJDK 17.0.15 on Linux with glibc has the command.
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
            LOG.info("This JVM cannot give free native memory back: processes may use more memory than recthink plan"
                    + " says");
        }
        return found;
    }

    private static MBeanServer server() {
        return ManagementFactory.getPlatformMBeanServer();
    }
}
