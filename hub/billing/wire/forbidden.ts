/** What would run SQL or code of callers, or show ours (spec billing 10.2): refused whatever the rights are. */
const FORBIDDEN: ReadonlySet<string> = new Set([
  'sqleditor/SQLEditor',
  'admin/Command',
  'DynamicCodeService.updateSource',
  'DynamicCodeService.recompileAll',
  'DynamicCodeService.getSource',
  'DynamicCodeService.generateCode',
  'DynamicCodeService.run',
  'DynamicCodeService.compile',
]);

/** @param place `module/action` or `Service.operation` */
export const isForbidden = (place: string): boolean => FORBIDDEN.has(place);
