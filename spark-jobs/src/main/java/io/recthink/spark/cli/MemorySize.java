package io.recthink.spark.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * An amount of memory, such as {@code 512m}, {@code 80g} or {@code 1t}. The units are 10^6, 10^9 and 10^12 bytes.
 *
 * @param bytes bytes, above 0
 */
record MemorySize(long bytes) {
    private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,5})([mgt])");

    static final class Converter implements ITypeConverter<MemorySize> {
        @Override
        public MemorySize convert(String value) {
            Matcher matcher = FORM.matcher(value.toLowerCase(Locale.ROOT));
            if (!matcher.matches()) {
                throw new TypeConversionException("must be a number with m, g or t, such as 80g (was " + value + ")");
            }
            long unit =
                    switch (matcher.group(2)) {
                        case "m" -> 1_000_000L;
                        case "g" -> 1_000_000_000L;
                        default -> 1_000_000_000_000L;
                    };
            return new MemorySize(unit * Long.parseLong(matcher.group(1)));
        }
    }
}
