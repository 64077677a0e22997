package io.recthink.spark.cli;

import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Shows the control characters of other people's texts instead of obeying them: a review, a column name or a path that
 * reaches a terminal could otherwise move its cursor, change its title or write over what was said. Line ends and tabs pass,
 * and so does what our own progress line needs: to go to the begin of the line and to erase it.
 */
final class TerminalText extends FilterOutputStream {
    private static final byte[] ERASE = "\r\033[K".getBytes(StandardCharsets.US_ASCII);
    private static final int C1_PREFIX = 0xC2; // U+0080 to U+009F in UTF-8

    /** Bytes of which it is not known yet whether they may pass. */
    private final ByteArrayOutputStream held = new ByteArrayOutputStream(4);

    TerminalText(OutputStream out) {
        super(out);
    }

    /** From now on what is printed passes through one of these. */
    static void install() {
        System.setOut(new PrintStream(new TerminalText(System.out), true));
        System.setErr(new PrintStream(new TerminalText(System.err), true));
    }

    @Override
    public synchronized void write(int value) throws IOException {
        int next = value & 0xFF;
        if (held.size() == 0) {
            begin(next);
            return;
        }
        byte[] before = held.toByteArray();
        held.write(next);
        byte[] now = held.toByteArray();
        if (before[0] == (byte) C1_PREFIX) {
            held.reset();
            if (next >= 0x80 && next <= 0x9F) {
                show(next);
            } else {
                out.write(now);
            }
        } else if (Arrays.equals(now, ERASE) || (before.length == 1 && before[0] == '\r' && next == '\n')) {
            held.reset();
            out.write(now);
        } else if (!Arrays.equals(now, Arrays.copyOf(ERASE, now.length))) {
            held.reset();
            show(before[0]);
            for (int i = 1; i < now.length; i++) {
                write(now[i]);
            }
        }
    }

    private void begin(int value) throws IOException {
        if (value == '\r' || value == C1_PREFIX) {
            held.write(value);
        } else if ((value < 0x20 && value != '\n' && value != '\t') || value == 0x7F) {
            show(value);
        } else {
            out.write(value);
        }
    }

    private void show(int value) throws IOException {
        out.write("\\u%04x".formatted(value & 0xFF).getBytes(StandardCharsets.US_ASCII));
    }
}
