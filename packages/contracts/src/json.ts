import * as z from 'zod/mini';

/** Any JSON value. Free-form parts of a request (tool schemas, provider fields) have this type. */
export const Json = z.json();
export type Json = z.infer<typeof Json>;

/** An object whose members are free-form JSON. */
export const JsonObject = z.record(z.string(), Json);
export type JsonObject = z.infer<typeof JsonObject>;
