package io.paritree.spark;

import io.paritree.lookup.parquet.Room;

/** Room for any index. */
final class UnlimitedRoom implements Room {
  @Override
  public void need(long bytes) {}

  @Override
  public void take(long bytes) {}
}
