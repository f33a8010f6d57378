package io.paritree.store;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.DelegateToFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** Local files as the files of a store, {@code damaging://store/...}, that does not keep bytes. */
public final class DamagingStore extends RawLocalFileSystem {
  private static final String SCHEME = "damaging";

  /** Makes the store known in this process. */
  public static void enable() {
    Configuration.addDefaultResource("damaging-store.xml");
  }

  /** The same for Hadoop's other interface. */
  public static final class Delegate extends DelegateToFileSystem {
    public Delegate(URI uri, Configuration conf) throws IOException, URISyntaxException {
      super(uri, new DamagingStore(), conf, SCHEME, false);
    }

    @Override
    public int getUriDefaultPort() {
      return -1;
    }
  }

  @Override
  public URI getUri() {
    return URI.create(SCHEME + "://store");
  }

  @Override
  public String getScheme() {
    return SCHEME;
  }

  /** Moves a directory, and changes the last byte of the model file in it. */
  @Override
  public boolean rename(Path from, Path to) throws IOException {
    boolean isMoved = super.rename(from, to);
    java.nio.file.Path model = pathToFile(to).toPath().resolve("model.ubj");
    if (isMoved && Files.exists(model)) {
      byte[] content = Files.readAllBytes(model);
      content[content.length - 1] ^= 1;
      Files.write(model, content);
    }

    return isMoved;
  }
}
