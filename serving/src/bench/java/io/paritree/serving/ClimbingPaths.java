package io.paritree.serving;

import java.util.ArrayList;
import java.util.List;

/** Ways to write a path that climbs out of its directory, or that begins in another place. */
final class ClimbingPaths {
  private static final String[] DOTS = {
    "..", "%2e%2e", "%2E.", ".%2e", "%252e%252e", "..%00", "..;", "..;x=1", "%c0%ae%c0%ae",
    "%e0%80%ae%e0%80%ae", "..%ff", "...", "....", "~", "%7e", "..%20", "..%09", ".%00."
  };
  private static final String[] SLASHES = {
    "/", "%2f", "%2F", "\\", "%5c", "%255c", "%252f", "//", "/./", "%c0%af"
  };
  private static final String[] ELSEWHERE = {
    "%2fetc%2fpasswd",
    "file:%2f%2f%2fetc%2fpasswd",
    "file:%252f%252f%252fetc%252fpasswd",
    "jar:file:%2ftmp%2fa.jar!%2fb",
    "http:%2f%2f127.0.0.1%2fmodel",
    "hdfs:%2f%2f127.0.0.1%2fmodel",
    "%5c%5c127.0.0.1%5cshare",
    "C:%5cwindows%5cwin.ini",
    "%00",
    "parcel-late%00.ubj",
    "parcel-late%0a",
    "parcel-late@..%2f..%2fetc%2fpasswd",
    "parcel-late@aliases%2fchampion",
    "parcel-late@%2fetc%2fpasswd",
    "parcel-late%2f1",
    "parcel-late%2f..%2fparcel-late",
    "aliases",
    "."
  };

  private ClimbingPaths() {}

  /** Returns targets that must never be answered as if they were a model's. */
  static List<String> all() {
    List<String> all = new ArrayList<>();
    for (String dot : DOTS) {
      for (String slash : SLASHES) {
        String up = dot + slash;
        all.add("/v1/models/" + up + "parcel-late/score");
        all.add("/v1/models/parcel-late" + slash + up + "1/score");
        all.add("/v1/models/parcel-late/versions/" + up + dot + slash + "etc/score");
        all.add("/v1/models/" + up.repeat(8) + "etc" + slash + "passwd");
        all.add("/v2/models/" + up.repeat(8) + "etc" + slash + "passwd/infer");
      }
    }

    for (String name : ELSEWHERE) {
      all.add("/v1/models/" + name);
      all.add("/v1/models/" + name + "/score");
      all.add("/v1/models/parcel-late/versions/" + name + "/score");
      all.add("/v2/models/" + name + "/ready");
    }

    return all;
  }
}
