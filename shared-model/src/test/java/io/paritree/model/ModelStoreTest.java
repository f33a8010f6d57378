package io.paritree.model;

import io.paritree.store.Location;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** A store on a local disk. */
class ModelStoreTest extends ModelStoreContract {
  @TempDir Path directory;

  @Override
  Location newRoot() {
    return Location.of(directory.resolve("store"));
  }
}
