package io.paritree.store;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;
import org.junit.jupiter.api.io.TempDir;

/** {@link HadoopStore} on an object store, which is simulated with local files. */
class BucketStoreTest extends FileStoreContract {
  @TempDir java.nio.file.Path directory;

  @Override
  Location root() {
    return Location.of("gs://bucket" + directory);
  }

  @Override
  FileStore open(Location location) throws IOException {
    return FileStore.of(location, Map.of("fs.gs.impl", Bucket.class.getName()));
  }

  /** Local files under the scheme of an object store; a file is visible only after it is closed. */
  public static final class Bucket extends RawLocalFileSystem {
    @Override
    public URI getUri() {
      return URI.create("gs://bucket");
    }

    @Override
    public String getScheme() {
      return "gs";
    }

    @Override
    public FSDataOutputStream create(
        Path file,
        boolean overwrite,
        int bufferSize,
        short replication,
        long blockSize,
        Progressable progress)
        throws IOException {
      Location object = Location.of(pathToFile(file).toPath());
      if (!overwrite && exists(file)) {
        throw new FileAlreadyExistsException(file.toString());
      }

      return new FSDataOutputStream(new Upload(object, overwrite), null);
    }
  }

  private static final class Upload extends ByteArrayOutputStream {
    private final Location object;
    private final boolean overwrite;

    Upload(Location object, boolean overwrite) {
      this.object = object;
      this.overwrite = overwrite;
    }

    @Override
    public void close() throws IOException {
      try {
        if (overwrite) {
          LocalStore.INSTANCE.replace(object, toByteArray());
        } else {
          LocalStore.INSTANCE.create(object, toByteArray());
        }
      } catch (java.nio.file.FileAlreadyExistsException e) {
        throw new FileAlreadyExistsException(object.toString());
      }
    }
  }
}
