import type { SampleCrash, SampleFrame, SampleModule } from './sample.js';

const windowsModules: SampleModule[] = [
  { path: 'C:\\Program Files\\Paint\\paint.exe', debugFile: 'paint.pdb', hasSymbols: true, version: '4.2.0.118' },
  { path: 'C:\\Program Files\\Paint\\canvas.dll', debugFile: 'canvas.pdb', hasSymbols: true, version: '4.2.0.118' },
  { path: 'C:\\Windows\\System32\\kernel32.dll', debugFile: 'kernel32.pdb', hasSymbols: true, version: '10.0.22621.1' },
  { path: 'C:\\Windows\\System32\\ntdll.dll', debugFile: 'ntdll.pdb', hasSymbols: true, version: '10.0.22621.1' },
];

const windowsStart: SampleFrame[] = [
  { module: 'paint.exe', function: 'paint::App::run(int, char**)', file: 'src/app.cpp', line: 88 },
  { module: 'paint.exe', function: 'wWinMain', file: 'src/main_win.cpp', line: 31 },
  { module: 'kernel32.dll', function: 'BaseThreadInitThunk' },
  { module: 'ntdll.dll', function: 'RtlUserThreadStart' },
];

const windows = {
  product: 'Paint',
  versions: ['4.1.0', '4.1.2', '4.2.0'],
  channel: 'release',
  processType: 'main',
  os: 'Windows NT',
  modules: windowsModules,
  otherThreads: ['io', 'thumbnail cache', 'update check'],
} as const;

/** A C++ program on Windows: read through a null pointer, use after free, division by zero. */
export const paintCrashes: SampleCrash[] = [
  {
    ...windows,
    versions: [...windows.versions],
    otherThreads: [...windows.otherThreads],
    name: 'null layer',
    osVersion: [10, 0, 22631],
    cpu: 'amd64',
    thread: 'main',
    stack: [
      { module: 'canvas.dll', function: 'canvas::Layer::bounds() const', file: 'src/canvas/layer.cpp', line: 142 },
      {
        module: 'canvas.dll',
        function: 'canvas::Canvas::drawStroke(canvas::Stroke const&)',
        file: 'src/canvas/canvas.cpp',
        line: 317,
      },
      {
        module: 'paint.exe',
        function: 'paint::BrushTool::onMouseMove(paint::MouseEvent&)',
        file: 'src/tools/brush_tool.cpp',
        line: 64,
      },
      { module: 'paint.exe', function: 'paint::Window::dispatch(paint::Event&)', file: 'src/ui/window.cpp', line: 205 },
      ...windowsStart,
    ],
    exception: { code: 0xc0000005, address: 0x18n, information: [0n, 0x18n] },
    // mov rax, [rcx+18h]
    code: [0x48, 0x8b, 0x41, 0x18],
    registers: { rcx: 0n },
    weight: 11,
  },
  {
    ...windows,
    versions: [...windows.versions],
    otherThreads: [...windows.otherThreads],
    name: 'use after free',
    osVersion: [10, 0, 19045],
    cpu: 'amd64',
    thread: 'thumbnail cache',
    stack: [
      { module: 'canvas.dll', function: 'canvas::Image::release()', file: 'src/canvas/image.cpp', line: 58 },
      {
        module: 'paint.exe',
        function: 'paint::ThumbnailCache::evict(unsigned int)',
        file: 'src/thumbnails.cpp',
        line: 121,
      },
      { module: 'paint.exe', function: 'paint::ThumbnailCache::worker()', file: 'src/thumbnails.cpp', line: 79 },
      { module: 'kernel32.dll', function: 'BaseThreadInitThunk' },
      { module: 'ntdll.dll', function: 'RtlUserThreadStart' },
    ],
    exception: { code: 0xc0000005, address: 0xffffffffffffffffn, information: [0n, 0xffffffffffffffffn] },
    // mov rax, [rcx]
    code: [0x48, 0x8b, 0x01],
    registers: { rcx: 0xfeeefeeefeeefeeen },
    weight: 6,
  },
  {
    ...windows,
    versions: ['4.2.0'],
    otherThreads: [...windows.otherThreads],
    name: 'division by zero',
    osVersion: [10, 0, 22631],
    cpu: 'x86',
    thread: 'main',
    stack: [
      { module: 'paint.exe', function: 'paint::Ruler::ticks(int)', file: 'src/ui/ruler.cpp', line: 33 },
      { module: 'paint.exe', function: 'paint::Ruler::paint(paint::Painter&)', file: 'src/ui/ruler.cpp', line: 71 },
      { module: 'paint.exe', function: 'paint::Window::repaint()', file: 'src/ui/window.cpp', line: 260 },
      ...windowsStart,
    ],
    exception: { code: 0xc0000094, address: 0n },
    // idiv ecx
    code: [0xf7, 0xf9],
    registers: { ecx: 0n },
    weight: 5,
    since: 0.6,
  },
];
