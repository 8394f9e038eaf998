package dev.moa.examples.site;

/** A place with a distance in metres from where one asked. */
public record Site(long id, String name, double metres) {}
