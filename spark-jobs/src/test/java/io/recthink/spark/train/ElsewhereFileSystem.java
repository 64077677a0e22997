package io.recthink.spark.train;

import java.net.URI;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** A local file system that reports the scheme {@code elsewhere}, so that no caller takes the file system for local. */
public final class ElsewhereFileSystem extends RawLocalFileSystem {
    @Override
    public URI getUri() {
        return URI.create("elsewhere:///");
    }

    @Override
    public String getScheme() {
        return "elsewhere";
    }
}
