package io.paritree.architecture.planted;

import io.paritree.PublicApi;
import java.io.IOException;

/** A type for programs outside, with members that are promised and others that are not. */
@PublicApi
public class PlantedPromise {
  public final int size;

  public PlantedPromise(int size) {
    this.size = size;
  }

  protected String text(long[] numbers) throws IOException {
    throw new IOException(numbers.length + " of " + size);
  }

  public void mentionsAnother(PlantedHelper other) {
    own();
  }

  private void own() {}
}
