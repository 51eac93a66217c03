/** The annotations of Mozilla's clients, the fields they become, and as what: socorro.md, appendix B. */
import { describe, expect, it } from 'vitest';
import { mozillaFields } from '../../../plugins/mozilla/src/fields/mozilla-fields.js';
import { generalFields } from '../../../plugins/rules/src/index.js';
import { signatureFields } from '../../../plugins/signature/src/fields.js';

const declared = [...generalFields, ...signatureFields, ...mozillaFields];
const pairs = (text: string) =>
  [...text.matchAll(/(\w+)=(\w+)/g)].map(([, annotation = '', field = '']) => [annotation, field] as const);

const booleans = `ContentSandboxCapable=content_sandbox_capable ContentSandboxEnabled=content_sandbox_enabled
  DOMFissionEnabled=dom_fission_enabled DOMIPCEnabled=dom_ipc_enabled EMCheckCompatibility=em_check_compatibility
  GMPPlugin=gmp_plugin GraphicsStartupTest=graphics_startup_test HasDeviceTouchScreen=has_device_touch_screen
  IsGarbageCollecting=is_garbage_collecting Marionette=marionette RemoteAgent=remote_agent SafeMode=safe_mode
  StartupCrash=startup_crash Throttleable=throttleable WindowsErrorReporting=windows_error_reporting`;
const integers = `AvailablePageFile=available_page_file AvailablePhysicalMemory=available_physical_memory
  AvailableVirtualMemory=available_virtual_memory ContentSandboxCapabilities=content_sandbox_capabilities
  ContentSandboxLevel=content_sandbox_level InstallTime=install_time IPCMessageSize=ipc_message_size
  IPCSystemError=ipc_system_error MacAvailableMemorySysctl=mac_available_memory_sysctl
  MacMemoryPressureSysctl=mac_memory_pressure_sysctl OOMAllocationSize=oom_allocation_size StartupTime=startup_time
  SystemMemoryUsePercentage=system_memory_use_percentage TotalPageFile=total_page_file
  TotalPhysicalMemory=total_physical_memory TotalVirtualMemory=total_virtual_memory
  UtilityProcessSandboxingKind=utility_process_sandboxing_kind`;
const objects = 'JavaException=java_exception TelemetryEnvironment=telemetry_environment';
const texts = `AbortMessage=abort_message AccessibilityClient=accessibility_client
  AccessibilityInProcClient=accessibility_in_proc_client AdapterDeviceID=adapter_device_id
  AdapterDriverVersion=adapter_driver_version AdapterSubsysID=adapter_subsys_id AdapterVendorID=adapter_vendor_id
  Android_Board=android_board Android_Brand=android_brand Android_CPU_ABI=android_cpu_abi
  Android_CPU_ABI2=android_cpu_abi2 Android_Device=android_device Android_Display=android_display
  Android_Fingerprint=android_fingerprint Android_Hardware=android_hardware Android_Manufacturer=android_manufacturer
  Android_Model=android_model Android_PackageName=android_packagename Android_Version=android_version
  AppInitDLLs=app_init_dlls ApplicationBuildID=application_build_id AsyncShutdownTimeout=async_shutdown_timeout
  BackgroundTaskName=background_task_name BuildID=build CoMarshalInterfaceFailure=co_marshal_interface_failure
  Comments=user_comments CoUnmarshalInterfaceResult=co_unmarshal_interface_result DumperError=dumper_error
  GleanClientId=glean_client_id GMPLibraryPath=gmp_library_path GraphicsCriticalError=graphics_critical_error Hang=hang
  ipc_channel_error=ipc_channel_error IPCFatalErrorMsg=ipc_fatal_error_msg
  IPCFatalErrorProtocol=ipc_fatal_error_protocol IPCMessageName=ipc_message_name IPCShutdownState=ipc_shutdown_state
  JSLargeAllocationFailure=js_large_allocation_failure MacMemoryPressure=mac_memory_pressure
  MacMemoryPressureCriticalTime=mac_memory_pressure_critical_time
  MacMemoryPressureNormalTime=mac_memory_pressure_normal_time
  MacMemoryPressureWarningTime=mac_memory_pressure_warning_time Notes=app_notes ProductID=productid ProductName=product
  QuotaManagerShutdownTimeout=quota_manager_shutdown_timeout ReleaseChannel=release_channel RemoteType=remote_type
  ShutdownProgress=shutdown_progress ShutdownReason=shutdown_reason URL=url useragent_locale=useragent_locale
  Vendor=vendor Version=version XPCOMSpinEventLoopStack=xpcom_spin_event_loop_stack`;

/** Checked by a rule that reads the annotation itself: a time that can be none, an exception that may be hostile. */
const read = new Set(['install_time', 'java_exception']);

const kinds: [string, string, readonly string[]][] = [
  ['booleans', booleans, ['boolean']],
  ['integers', integers, ['integer']],
  ['numbers', 'UptimeTS=uptime_ts', ['number']],
  ['objects', objects, ['object', 'stored']],
  ['texts', texts, ['string', 'keyword', 'text']],
];

describe('Annotations of Mozilla’s clients', () => {
  it('are ninety', () => {
    expect(kinds.map(([, text]) => pairs(text).length)).toEqual([15, 17, 1, 2, 55]);
  });

  it.each(kinds)('become fields: %s', (_, text, types) => {
    const wrong = pairs(text).flatMap(([annotation = '', id = '']) => {
      const field = declared.find((one) => one.id === id);
      if (field === undefined) return [`${id} is missing`];
      if (field.annotation !== annotation && !read.has(id))
        return [`${id} is copied from ${field.annotation ?? 'nothing'}`];
      return types.includes(field.type) ? [] : [`${id} is a ${field.type}`];
    });
    expect(wrong).toEqual([]);
  });

  it('that rules read have the fields that those write', () => {
    const written = `accessibility addons addons_checked additional_minidumps breadcrumbs cpu_arch cpu_info
      cpu_microcode_version client_crash_date distribution_id java_stack_trace java_stack_trace_raw moz_crash_reason
      moz_crash_reason_raw os_name os_version os_pretty_version phc_alloc_stack phc_base_address phc_free_stack phc_kind
      phc_usable_size process_type last_crash submitted_timestamp submitted_from utility_actors_name uuid
      plugin_filename plugin_name plugin_version`;
    const ids = new Set(declared.map(({ id }) => id));
    expect(written.split(/\s+/).filter((id) => !ids.has(id))).toEqual([]);
  });
});
