package io.paritree.model.command;

import io.paritree.model.layout.ModelStore;
import io.paritree.store.Location;
import java.io.IOException;
import picocli.CommandLine.Option;

/** Where {@code model seal} writes: into a store, or into a new directory. */
final class SealTarget {
  private static final long FIRST_VERSION = 1;

  @Option(
      names = "--store",
      paramLabel = "DIR",
      description = "Store to write to, as DIR/NAME/VERSION.")
  private String store;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description = "Directory to write to; it must not exist.")
  private String output;

  boolean isStore() {
    return store != null;
  }

  ModelStore store() throws IOException {
    return new ModelStore(Location.of(store));
  }

  /** Returns the version after the model's last one in the store; 1 without a store. */
  long nextVersion(String name) throws IOException {
    return isStore() ? store().nextVersion(name) : FIRST_VERSION;
  }

  /** Returns where the package will be. */
  Location directory(String name, long version) throws IOException {
    return isStore() ? store().version(name, version) : Location.of(output);
  }
}
