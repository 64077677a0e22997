package io.recthink.spark.cli;

import io.recthink.model.ComputeType;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code --dtype}, which has the same values as {@code model.dtype}. */
final class ComputeTypeConverter implements ITypeConverter<ComputeType> {
    @Override
    public ComputeType convert(String value) {
        List<String> labels =
                Arrays.stream(ComputeType.values()).map(ComputeType::label).toList();
        return Arrays.stream(ComputeType.values())
                .filter(type -> type.label().equals(value))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException("must be one of " + labels + " (was " + value + ")"));
    }
}
