package io.recthink.spark.source;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;

/** A file as pandas writes it: times in nanoseconds, which Spark has no type for. */
final class NanosecondFile {
    private static final MessageType SCHEMA = MessageTypeParser.parseMessageType("message log {"
            + " required binary user (STRING); required binary item (STRING); required double rating;"
            + " required int64 at (TIMESTAMP(NANOS,false)); }");

    private NanosecondFile() {}

    static void write(Path file, Instant time) throws IOException {
        try (ParquetWriter<Group> writer = ExampleParquetWriter.builder(new org.apache.hadoop.fs.Path(file.toUri()))
                .withType(SCHEMA)
                .withConf(new Configuration())
                .build()) {
            writer.write(new SimpleGroupFactory(SCHEMA)
                    .newGroup()
                    .append("user", "u")
                    .append("item", "i")
                    .append("rating", 4.0)
                    .append("at", time.getEpochSecond() * 1_000_000_000));
        }
    }
}
