package io.recthink.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.spark.SparkException;
import org.junit.jupiter.api.Test;

class KnownFailureTest {
    @Test
    void aFullDiskIsToldWhereverItLiesInTheChain() {
        IOException full = new FileNotFoundException("/mnt/x/part-0 (No space left on device)");
        assertThat(KnownFailure.of(new IllegalStateException("step 3", full)).orElseThrow())
                .startsWith("The disk is full at /mnt/x/part-0: No space left on device. Free space on the disks of");
        // The message of a Spark job contains the failure of a task in another process as text.
        assertThat(KnownFailure.of(
                                new SparkException(
                                        "Job aborted due to stage failure: Lost task\njava.io.IOException: No space left on device\n\tat x"))
                        .orElseThrow())
                .startsWith("The disk is full: ");
    }

    @Test
    void aBrokenFileIsNamed() {
        assertThat(KnownFailure.of(new SparkException(
                                "Encountered error while reading file file:///data/a.csv.gz. Details:",
                                new EOFException("Unexpected end of input stream")))
                        .orElseThrow())
                .startsWith("file:///data/a.csv.gz is broken: ");
        assertThat(KnownFailure.of(new IOException(
                                "file:/d/p.parquet is not a Parquet file. Expected magic number at tail"))
                        .orElseThrow())
                .isEqualTo("file:/d/p.parquet is broken: is not a Parquet file. Copy or make it again.");
    }

    @Test
    void fileSystemsThatSparkDoesNotKnowHaveARemedy() {
        assertThat(KnownFailure.of(new UnsupportedFileSystemException("No FileSystem for scheme \"s3\""))
                        .orElseThrow())
                .endsWith("Write the path with s3a:.");
        assertThat(KnownFailure.of(new RuntimeException(
                                new ClassNotFoundException("Class org.apache.hadoop.fs.s3a.S3AFileSystem not found")))
                        .orElseThrow())
                .contains("--packages org.apache.hadoop:hadoop-aws:");
    }

    @Test
    void hadoopsFileSystemOfHttpCanOpenAndNothingElse() throws IOException {
        Path path = new Path("http://localhost:1/x.csv");
        Throwable failure = org.assertj.core.api.Assertions.catchThrowable(
                () -> path.getFileSystem(new Configuration()).listStatus(path));
        assertThat(KnownFailure.of(failure).orElseThrow()).startsWith("Spark knows no file system for http:.");
    }

    @Test
    void aNativeLibraryThatFindsNoRoomIsTold() {
        String snappy = "java.lang.UnsatisfiedLinkError: no snappyjava in java.library.path: /usr/lib";
        assertThat(KnownFailure.of(
                                new SparkException("Job aborted due to stage failure: Lost task\nCaused by: " + snappy))
                        .orElseThrow())
                .startsWith("A native library cannot be unpacked and loaded from java.io.tmpdir (");
        assertThat(KnownFailure.of(new IllegalStateException(
                                new UnsatisfiedLinkError("/tmp/x.so: failed to map segment from shared object")))
                        .orElseThrow())
                .contains("mounted noexec");
        assertThat(KnownFailure.of(new UnsatisfiedLinkError("version `GLIBC_2.34' not found")))
                .isEmpty();
    }

    @Test
    void aFaultOfTheProgramKeepsItsStack() {
        assertThat(KnownFailure.of(new NullPointerException())).isEmpty();
        assertThat(KnownFailure.of(new IllegalStateException("step 4 has no gradient")))
                .isEmpty();
        assertThat(KnownFailure.of(new UnsupportedOperationException())).isEmpty();
        assertThat(KnownFailure.of(
                        new IllegalStateException("invalid block size 3: not in GZIP format, No space left on device")))
                .isEmpty();
        assertThat(KnownFailure.of(new EOFException())).isEmpty();
        assertThat(
                        KnownFailure.of(
                                new SparkException(
                                        "FetchFailed: Failed to connect to worker3:7337\njava.lang.IllegalStateException: invalid code 7")))
                .isEmpty();
    }
}
